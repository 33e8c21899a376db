"""Rotary positions: attention depends on how far apart two time steps are."""

from typing import Any

import keras
import numpy as np


def rotate(x: Any, first: int = 0) -> Any:
    """Rotates queries or keys by angles that grow with time.

    Their dot product then depends on their distance only, so that a stream may
    count from any time step.

    Source: RoFormer, arXiv:2104.09864. Differs: feature i is paired with
    feature i + D / 2 instead of its neighbour; an odd last feature stays.

    Args:
        x: [B, t, heads, D].
        first: index of the first time step.

    Returns:
        The same shape and dtype.
    """
    half = x.shape[-1] // 2
    frequency = 10_000.0 ** (-np.arange(half) / half)
    times = first + np.arange(x.shape[1])
    angle = times[:, None, None] * frequency
    # bfloat16 would round the angles.
    cosine, sine = (np.float32(turn(angle)) for turn in (np.cos, np.sin))
    whole = keras.ops.cast(x, "float32")
    one, other = whole[..., :half], whole[..., half : 2 * half]
    turned = [
        one * cosine - other * sine,
        one * sine + other * cosine,
        whole[..., 2 * half :],
    ]
    kept = turned[: 2 + x.shape[-1] % 2]
    return keras.ops.cast(keras.ops.concatenate(kept, axis=-1), x.dtype)
