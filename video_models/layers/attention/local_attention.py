"""Local and causal attention over time.

With a window the cost is linear, not quadratic, in the number of time steps.
"""

from typing import Any

import keras
import numpy as np

ops = keras.ops

_NEVER = -1e9  # Finite, so that a fully masked row does not become NaN.


def attend(
    query: Any, key: Any, value: Any, window: int = 0, causal: bool = False
) -> Any:
    """Scaled dot-product attention over time.

    Args:
        query: [B, t, heads, D].
        key: the same shape.
        value: the same shape.
        window: time steps attended to on each side (only past ones if causal);
            0: all.
        causal: whether time steps attend to past ones only.

    Returns:
        [B, t, heads, D].
    """
    if window and window < query.shape[1] - 1:
        return _by_blocks(query, key, value, window, causal)
    return ops.dot_product_attention(query, key, value, is_causal=causal)


def attend_back(
    query: Any, key: Any, value: Any, window: int, time_steps: Any
) -> Any:
    """Returns the result of causal `attend` for the newest steps of a stream.

    Args:
        query: [B, n, heads, D], the new time steps.
        key: [B, window + n, heads, D], past time steps, then new ones.
        value: the same shape.
        window: number of past time steps.
        time_steps: int32 [B, 1], number of past time steps so far; earlier
            keys are masked.

    Returns:
        [B, n, heads, D].
    """
    places = np.arange(key.shape[1], dtype="int32")
    back = places[window:, None] - places
    near = (back >= 0) & (back <= window)
    real = ops.expand_dims(time_steps, -1) + places[None, None] >= window
    mask = ops.logical_and(near[None], real)
    return ops.dot_product_attention(
        query, key, value, mask=ops.expand_dims(mask, 1)
    )


def _by_blocks(
    query: Any, key: Any, value: Any, window: int, causal: bool
) -> Any:
    """Attends in blocks of the window's length, each with its neighbours."""
    _, time_steps, heads, size = query.shape
    blocks = -(-time_steps // window)
    after = 0 if causal else window
    filling = blocks * window - time_steps
    query = _pad(query, 0, filling)
    query = ops.reshape(query, (-1, blocks, window, heads, size))
    sides = [
        _with_neighbours(_pad(x, window, filling + after), blocks, window)
        for x in (key, value)
    ]
    scores = ops.einsum("bnqhd,bnkhd->bnhqk", query, sides[0])
    scores = ops.cast(scores, "float32") * size**-0.5
    hidden = _hidden(time_steps, blocks, window, causal)
    shares = ops.softmax(ops.where(hidden, _NEVER, scores))
    shares = ops.cast(shares, value.dtype)
    mixed = ops.einsum("bnhqk,bnkhd->bnqhd", shares, sides[1])
    mixed = ops.reshape(mixed, (-1, blocks * window, heads, size))
    return mixed[:, :time_steps]


def _pad(x: Any, before: int, after: int) -> Any:
    return ops.pad(x, ((0, 0), (before, after), (0, 0), (0, 0)))


def _with_neighbours(x: Any, blocks: int, window: int) -> Any:
    """[B, time steps, ...] -> [B, blocks, 2 or 3 windows, ...]."""
    _, time_steps, heads, size = x.shape
    beside = [
        ops.reshape(
            x[:, start : start + blocks * window],
            (-1, blocks, window, heads, size),
        )
        for start in range(0, time_steps - blocks * window + 1, window)
    ]
    return ops.concatenate(beside, axis=2)


def _hidden(
    time_steps: int, blocks: int, window: int, causal: bool
) -> np.ndarray:
    """bool [1, blocks, 1, window, keys], True for masked keys."""
    keys = np.arange((2 if causal else 3) * window) - window
    back = np.arange(window)[:, None] - keys
    far = (back > window) | (back < (0 if causal else -window))
    times = np.arange(blocks)[:, None] * window + keys
    outside = (times < 0) | (times >= time_steps)
    return (far | outside[:, None])[None, :, None]
