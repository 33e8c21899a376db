"""Optical flow in closed form, by least squares."""

from typing import Any

import keras

ops = keras.ops

_WINDOW = 5  # Side of the window that is assumed to move uniformly, pixels.
_FLAT = 0.02  # Regularisation: flat areas below this gradient stay still.


@keras.saving.register_keras_serializable("video_models")
class LucasKanade(keras.layers.Layer):
    """One step of Lucas and Kanade per pixel, without weights.

    Source: Lucas and Kanade, An Iterative Image Registration Technique, IJCAI
    1981. Differs: it uses gradients of the mean of both images, all channels,
    and a small constant on the diagonal. No gradient passes.
    """

    def __init__(self, **kwargs: Any):
        """Keeps the input dtype: bfloat16 is too coarse for differences."""
        super().__init__(**kwargs, autocast=False)

    def call(self, here: Any, there: Any) -> Any:
        """Returns the displacement of each pixel, at most one pixel.

        Args:
            here: image [B, h, w, C], values around -1..1.
            there: the other image.

        Returns:
            float32 [B, h, w, 2], pixels right and down, -1..1 each.
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
        """Returns two channels per pixel."""
        return (*here_shape[:3], 2)
