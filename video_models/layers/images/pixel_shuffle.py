"""Pixel shuffle: channels to pixels, and back."""

from typing import Any

import keras

ops = keras.ops


@keras.saving.register_keras_serializable("video_models")
class PixelShuffle(keras.layers.Layer):
    """[B, h, w, f * f * C] to [B, f * h, f * w, C].

    Source: arXiv:1609.05158. Differs from PyTorch's layer in the channel order
    only: C varies fastest, as in `tf.nn.depth_to_space`.
    """

    def __init__(self, factor: int, **kwargs: Any):
        """`factor` is f."""
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, images: Any) -> Any:
        """Same dtype."""
        return shuffle(images, self.factor)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Returns the shape; sides may be unknown."""
        f = self.factor
        batch, height, width, channels = input_shape
        sides = (height and f * height, width and f * width)
        return (batch, *sides, channels // (f * f))

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor."""
        return {**super().get_config(), "factor": self.factor}


def shuffle(images: Any, f: int) -> Any:
    """[B, h, w, f * f * C] to [B, f * h, f * w, C]."""
    _, height, width, channels = ops.shape(images)
    less = channels // (f * f)
    x = ops.reshape(images, (-1, height, width, f, f * less))
    x = ops.transpose(x, (0, 1, 3, 2, 4))
    return ops.reshape(x, (-1, f * height, f * width, less))


def unshuffle(images: Any, f: int) -> Any:
    """The inverse of `shuffle`; sides are multiples of f."""
    _, height, width, channels = ops.shape(images)
    height, width = height // f, width // f
    x = ops.reshape(images, (-1, height, f, width, f * channels))
    x = ops.transpose(x, (0, 1, 3, 2, 4))
    return ops.reshape(x, (-1, height, width, f * f * channels))
