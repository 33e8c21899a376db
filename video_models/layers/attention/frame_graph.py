"""The edges between the time steps of a clip: time and similarity edges.

Every time step has a list of neighbours of the same length, which keeps shapes
static; the cost of time edges is linear in that length.
"""

from typing import Any

import keras
import numpy as np

ops = keras.ops

_NEVER = -1e9


def in_time(x: Any, reach: int) -> Any:
    """Gathers the neighbours of each time step in time, including itself.

    Args:
        x: [B, t, C].
        reach: neighbours on each side.

    Returns:
        [B, t, 2 * reach + 1, C], zeros beyond the clip.
    """
    time_steps = x.shape[1]
    padded = ops.pad(x, ((0, 0), (reach, reach), (0, 0)))
    offsets = range(2 * reach + 1)
    return ops.stack([padded[:, o : o + time_steps] for o in offsets], axis=2)


def are_in_time(time_steps: int, reach: int) -> np.ndarray:
    """bool [t, 2 * reach + 1]: which neighbours of `in_time` exist."""
    times = np.arange(time_steps)[:, None] + np.arange(-reach, reach + 1)
    return (times >= 0) & (times < time_steps)


def time_weights(time_steps: int, reach: int) -> np.ndarray:
    """Weights of the neighbours of `in_time`, including itself.

    The rows of D^-1/2 (A + I) D^-1/2 of arXiv:1609.02907, where D counts the
    neighbours.

    Returns:
        float32 [t, 2 * reach + 1], 0 beyond the clip.
    """
    there = are_in_time(time_steps, reach)
    degrees = np.pad(there.sum(axis=1), reach, constant_values=1)
    beside = np.stack(
        [degrees[o : o + time_steps] for o in range(2 * reach + 1)], axis=1
    )
    own = degrees[reach : reach + time_steps, None]
    return (there / np.sqrt(own * beside)).astype("float32")


def most_alike(
    query: Any, key: Any, count: int, reach: int
) -> tuple[Any, Any, Any]:
    """Finds the most similar time steps of each, excluding those near in time.

    Args:
        query: [B, t, C].
        key: [B, t, C]; similarity is the dot product.
        count: number of neighbours, less than t.
        reach: distance of the neighbours to exclude.

    Returns:
        Similarity float32 [B, t, count]; int32 indices of the same shape; and
        bool, whether each neighbour exists.
    """
    time_steps, features = query.shape[1:]
    likeness = ops.einsum("bqc,bkc->bqk", query, key)
    likeness = ops.cast(likeness, "float32") * features**-0.5
    times = np.arange(time_steps)
    near = np.abs(times[:, None] - times) <= reach
    found, places = ops.top_k(ops.where(near, _NEVER, likeness), count)
    return found, places, found > _NEVER / 2


def at_places(x: Any, places: Any) -> Any:
    """Gathers [B, t, C] at int [B, t, count] -> [B, t, count, C]."""
    _, time_steps, count = places.shape
    flat = ops.reshape(places, (-1, time_steps * count, 1))
    found = ops.take_along_axis(x, flat, axis=1)
    return ops.reshape(found, (-1, time_steps, count, x.shape[-1]))


def shares(scores: Any, there: Any, axis: int = -1) -> Any:
    """Softmax of `scores` over existing neighbours; 0 elsewhere."""
    there = ops.cast(there, scores.dtype)
    scores = scores + _NEVER * (1.0 - there)
    return ops.softmax(scores, axis=axis) * there
