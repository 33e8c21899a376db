"""Halves and doubles the sides of images of any size.

Odd sides are rounded up.
"""

from typing import Any

import keras

ops = keras.ops


@keras.saving.register_keras_serializable("video_models")
class Halve(keras.layers.Layer):
    """[B, h, w, C] to [B, ceil(h / 2), ceil(w / 2), C], means of 2x2."""

    def __init__(self, **kwargs: Any):
        """Keeps the input dtype: motion estimation needs precision."""
        super().__init__(**kwargs, autocast=False)

    def call(self, images: Any) -> Any:
        """Same dtype; an odd edge averages the existing pixels."""
        return ops.average_pool(images, 2, 2, padding="same")

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Returns the shape; sides may be unknown."""
        batch, height, width, channels = input_shape
        sides = (height and -(-height // 2), width and -(-width // 2))
        return (batch, *sides, channels)


@keras.saving.register_keras_serializable("video_models")
class Double(keras.layers.Layer):
    """Doubles [B, h', w', C] to the sides of a given image."""

    def __init__(self, times: float = 1.0, **kwargs: Any):
        """`times` multiplies the values: 2 for flow, which counts pixels."""
        super().__init__(**kwargs, autocast=False)  # Flow stays exact.
        self.times = times

    def call(self, images: Any, like: Any) -> Any:
        """Repeats each value 2x2 times."""
        large = ops.repeat(images, 2, axis=1)
        large = self.times * ops.repeat(large, 2, axis=2)
        _, height, width, _ = ops.shape(like)
        return large[:, :height, :width]

    def compute_output_shape(
        self, images_shape: tuple, like_shape: tuple
    ) -> tuple:
        """Returns the sides of the given image."""
        return (*like_shape[:3], images_shape[3])

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor."""
        return {**super().get_config(), "times": self.times}
