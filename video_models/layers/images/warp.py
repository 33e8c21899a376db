"""Warps images along a flow."""

from typing import Any

import keras

ops = keras.ops


@keras.saving.register_keras_serializable("video_models")
class Warp(keras.layers.Layer):
    """Backward warping with linear interpolation.

    Source: spatial transformers, arXiv:1506.02025. Positions beyond the edge
    are clamped. Unlike `grid_sample`, the flow is in pixels, x first.
    """

    def __init__(self, **kwargs: Any):
        """Keeps the input dtype: bfloat16 is too coarse for a flow."""
        super().__init__(**kwargs, autocast=False)

    def call(self, images: Any, flow: Any) -> Any:
        """Looks up each pixel at its position plus flow.

        Args:
            images: [B, h, w, C].
            flow: float [B, h, w, 2], pixels right and down.

        Returns:
            As `images`.
        """
        return linear(images, flow)

    def compute_output_shape(
        self, images_shape: tuple, flow_shape: tuple
    ) -> tuple:
        """That of the images."""
        return images_shape


def linear(images: Any, flow: Any) -> Any:
    """See `Warp.call`."""
    x, y = _places(images, flow)
    left, top = ops.floor(x), ops.floor(y)
    right_share, low_share = x - left, y - top

    def weigh(row: Any, column: Any, share: Any) -> Any:
        found = _looked_up(images, row, column)
        return found * ops.cast(share, images.dtype)[..., None]

    return (
        weigh(top, left, (1 - low_share) * (1 - right_share))
        + weigh(top, left + 1, (1 - low_share) * right_share)
        + weigh(top + 1, left, low_share * (1 - right_share))
        + weigh(top + 1, left + 1, low_share * right_share)
    )


def nearest(images: Any, flow: Any) -> Any:
    """Like `linear`, but takes the nearest pixel."""
    x, y = _places(images, flow)
    # Not `round`, which rounds halves to even and leaves gaps.
    return _looked_up(images, ops.floor(y + 0.5), ops.floor(x + 0.5))


def _places(images: Any, flow: Any) -> tuple[Any, Any]:
    """Column and row of each lookup, clamped to the image."""
    _, height, width, _ = ops.shape(images)
    flow = ops.cast(flow, "float32")
    columns = ops.cast(ops.arange(width), "float32")[None, None, :]
    rows = ops.cast(ops.arange(height), "float32")[None, :, None]
    return (
        _within(columns + flow[..., 0], width),
        _within(rows + flow[..., 1], height),
    )


def _looked_up(images: Any, rows: Any, columns: Any) -> Any:
    """The pixels at integer positions [B, h, w], clamped to the far edges."""
    batch, height, width, channels = ops.shape(images)
    rows = ops.minimum(ops.cast(rows, "int32"), height - 1)
    columns = ops.minimum(ops.cast(columns, "int32"), width - 1)
    first = ops.arange(batch)[:, None, None] * (height * width)
    flat = ops.reshape(images, (-1, channels))
    return ops.take(flat, first + rows * width + columns, axis=0)


def _within(places: Any, side: Any) -> Any:
    last = ops.cast(side - 1, "float32")
    return ops.minimum(ops.maximum(places, 0.0), last)
