"""Moves pictures along a field of motion."""

from typing import Any

import keras

ops = keras.ops


@keras.saving.register_keras_serializable("video_models")
class Warp(keras.layers.Layer):
    """Looks each pixel up where its flow points, between pixels linearly.

    Backward warping as of spatial transformers, arXiv:1506.02025. Beyond the
    edge the pixel at the edge is seen. Differs from `grid_sample` in that
    flow is in pixels, x first.
    """

    def __init__(self, **kwargs: Any):
        """Flow is taken as it comes: half a pixel is much in bfloat16."""
        super().__init__(**kwargs, autocast=False)

    def call(self, pictures: Any, flow: Any) -> Any:
        """What lies at each pixel plus its flow.

        Args:
            pictures: [B, h, w, C].
            flow: float [B, h, w, 2], pixels to the right and down.

        Returns:
            As `pictures`.
        """
        batch, height, width, channels = ops.shape(pictures)
        flow = ops.cast(flow, "float32")
        columns = ops.cast(ops.arange(width), "float32")[None, None, :]
        rows = ops.cast(ops.arange(height), "float32")[None, :, None]
        x = _within(columns + flow[..., 0], width)
        y = _within(rows + flow[..., 1], height)
        left, top = ops.floor(x), ops.floor(y)
        right_share, low_share = x - left, y - top
        left, top = ops.cast(left, "int32"), ops.cast(top, "int32")
        right = ops.minimum(left + 1, width - 1)
        low = ops.minimum(top + 1, height - 1)
        first = ops.arange(batch)[:, None, None] * (height * width)
        flat = ops.reshape(pictures, (-1, channels))

        def at(row: Any, column: Any, share: Any) -> Any:
            found = ops.take(flat, first + row * width + column, axis=0)
            return found * ops.cast(share, pictures.dtype)[..., None]

        return (
            at(top, left, (1 - low_share) * (1 - right_share))
            + at(top, right, (1 - low_share) * right_share)
            + at(low, left, low_share * (1 - right_share))
            + at(low, right, low_share * right_share)
        )

    def compute_output_shape(
        self, pictures_shape: tuple, flow_shape: tuple
    ) -> tuple:
        """That of the pictures."""
        return pictures_shape


def _within(places: Any, side: Any) -> Any:
    last = ops.cast(side - 1, "float32")
    return ops.minimum(ops.maximum(places, 0.0), last)
