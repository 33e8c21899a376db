"""Bicubic upscaling at any size, also under XLA.

It equals `tf.image.resize(..., "bicubic")`, which XLA cannot compile and Keras
layers cannot trace for unknown sizes. (That function rounds its weights; at
factor 3 the results differ by 0.15 grey levels.)
"""

from typing import Any

import keras

ops = keras.ops
_SHARPNESS = -0.5  # Keys' cubic, IEEE TASSP 29 (1981); OpenCV has -0.75.


@keras.saving.register_keras_serializable("video_models")
class Upscale(keras.layers.Layer):
    """[B, h, w, C] to [B, factor * h, factor * w, C].

    Weights are renormalised at the edges.
    """

    def __init__(self, factor: int, **kwargs: Any):
        """`factor` is a whole number, at least 1."""
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, images: Any) -> Any:
        """Same dtype; values may slightly exceed the range of the input."""
        if self.factor == 1:
            return images
        _, height, width, channels = ops.shape(images)
        tall, wide = self.factor * height, self.factor * width
        rows = ops.reshape(images, (-1, height, width * channels))
        rows = ops.matmul(self._weights(height, images.dtype), rows)
        columns = ops.reshape(rows, (-1, width, channels))
        columns = ops.matmul(self._weights(width, images.dtype), columns)
        return ops.reshape(columns, (-1, tall, wide, channels))

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Returns the shape; sides may be unknown."""
        batch, height, width, channels = input_shape
        tall = height and height * self.factor
        wide = width and width * self.factor
        return (batch, tall, wide, channels)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor."""
        return {**super().get_config(), "factor": self.factor}

    def _weights(self, side: Any, dtype: str) -> Any:
        """[factor * side, side]: weight of each pixel in each new pixel."""
        new = ops.cast(ops.arange(side * self.factor), "float32")
        old = ops.cast(ops.arange(side), "float32")
        places = (new + 0.5) / self.factor - 0.5
        weights = _keys(ops.abs(places[:, None] - old[None]))
        return ops.cast(
            weights / ops.sum(weights, axis=1, keepdims=True), dtype
        )


def _keys(away: Any) -> Any:
    a = _SHARPNESS
    near = ((a + 2) * away - (a + 3)) * away * away + 1
    far = ((away - 5) * away + 8) * away * a - 4 * a
    return ops.where(away <= 1, near, ops.where(away < 2, far, 0.0))
