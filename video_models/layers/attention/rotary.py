"""Rotary positions: attention depends on how far apart two time steps are."""

from typing import Any

import keras
import numpy as np


def rotate(x: Any, first: int = 0) -> Any:
    """Turns queries or keys by angles that grow with time.

    The product of two of them then depends on their distance alone, so that
    a stream may count from any time step.

    Source: RoFormer, arXiv:2104.09864. Differs: feature i is turned together
    with feature i + D / 2, not with its neighbour; of an odd number the last
    stays.

    Args:
        x: [B, t, heads, D].
        first: place in time of the first time step.

    Returns:
        The same shape and dtype.
    """
    half = x.shape[-1] // 2
    frequency = 10_000.0 ** (-np.arange(half) / half)
    times = first + np.arange(x.shape[1])
    angle = times[:, None, None] * frequency
    # bfloat16 would round the angles, and distances with them.
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
