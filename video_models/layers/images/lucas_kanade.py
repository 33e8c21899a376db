"""How images moved, in closed form: a small problem of least squares."""

from typing import Any

import keras

ops = keras.ops

_WINDOW = 5  # Pixels on a side that are taken to move alike.
_FLAT = 0.02  # Mean squared slope below which nothing is said to move.


@keras.saving.register_keras_serializable("video_models")
class LucasKanade(keras.layers.Layer):
    """One step of Lucas and Kanade for each pixel; it has no weights.

    Source: Lucas and Kanade, An Iterative Image Registration Technique,
    IJCAI 1981. Differs: slopes are those of the mean of both images, all
    channels count, and a small constant on the diagonal keeps flat places
    still. No gradient passes.
    """

    def __init__(self, **kwargs: Any):
        """Images are taken as they come: bfloat16 is coarse for changes."""
        super().__init__(**kwargs, autocast=False)

    def call(self, here: Any, there: Any) -> Any:
        """Where in the other image each pixel is found, within one pixel.

        Args:
            here: [B, h, w, C], values around -1..1.
            there: the same.

        Returns:
            float32 [B, h, w, 2], pixels to the right and down, -1..1 each.
        """
        here, there = ops.cast(here, "float32"), ops.cast(there, "float32")
        edge = ((0, 0), (1, 1), (1, 1), (0, 0))
        mean = ops.pad((here + there) / 2, edge, "symmetric")
        right = (mean[:, 1:-1, 2:] - mean[:, 1:-1, :-2]) / 2
        down = (mean[:, 2:, 1:-1] - mean[:, :-2, 1:-1]) / 2
        change = there - here
        products = (
            right * right,
            right * down,
            down * down,
            right * change,
            down * change,
        )
        sums = [ops.sum(each, axis=-1, keepdims=True) for each in products]
        sums = ops.concatenate(sums, axis=-1)
        sums = ops.average_pool(sums, _WINDOW, 1, padding="same")
        xx, xy, yy, xt, yt = (sums[..., number] for number in range(5))
        xx, yy = xx + _FLAT, yy + _FLAT
        area = xx * yy - xy * xy
        flow = ops.stack([xy * yt - yy * xt, xy * xt - xx * yt], axis=-1)
        flow = flow / area[..., None]
        return ops.stop_gradient(ops.clip(flow, -1.0, 1.0))

    def compute_output_shape(
        self, here_shape: tuple, there_shape: tuple
    ) -> tuple:
        """Two numbers for each pixel."""
        return (*here_shape[:3], 2)
