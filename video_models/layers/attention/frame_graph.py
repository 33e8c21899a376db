"""The edges between the time steps of a clip: near in time, or alike.

A list of neighbours a time step, as long for each, keeps shapes static; time
edges alone cost no more than the list is long.
"""

from typing import Any

import keras
import numpy as np

ops = keras.ops

_NEVER = -1e9


def in_time(x: Any, reach: int) -> Any:
    """The time steps around each, itself in the middle.

    Args:
        x: [B, t, C].
        reach: neighbours on each side.

    Returns:
        [B, t, 2 * reach + 1, C], zeros where there is none.
    """
    time_steps = x.shape[1]
    padded = ops.pad(x, ((0, 0), (reach, reach), (0, 0)))
    offsets = range(2 * reach + 1)
    return ops.stack([padded[:, o : o + time_steps] for o in offsets], axis=2)


def are_in_time(time_steps: int, reach: int) -> np.ndarray:
    """bool [t, 2 * reach + 1], which neighbours of `in_time` there are."""
    times = np.arange(time_steps)[:, None] + np.arange(-reach, reach + 1)
    return (times >= 0) & (times < time_steps)


def time_weights(time_steps: int, reach: int) -> np.ndarray:
    """Weights of the neighbours of `in_time`, itself among them.

    The rows of D^-1/2 (A + I) D^-1/2 of arXiv:1609.02907, in which D counts
    the neighbours.

    Returns:
        float32 [t, 2 * reach + 1], 0 where there is none.
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
    """The time steps most like each, but for those near in time.

    Args:
        query: [B, t, C].
        key: the same; their product is the likeness.
        count: how many, fewer than t.
        reach: time steps so near have time edges already.

    Returns:
        Likeness float32 [B, t, count]; int32 places of the same shape; and
        bool, whether there is such a time step at all.
    """
    time_steps, features = query.shape[1:]
    likeness = ops.einsum("bqc,bkc->bqk", query, key)
    likeness = ops.cast(likeness, "float32") * features**-0.5
    times = np.arange(time_steps)
    near = np.abs(times[:, None] - times) <= reach
    found, places = ops.top_k(ops.where(near, _NEVER, likeness), count)
    return found, places, found > _NEVER / 2


def at_places(x: Any, places: Any) -> Any:
    """[B, t, C] at int [B, t, count] -> [B, t, count, C]."""
    _, time_steps, count = places.shape
    flat = ops.reshape(places, (-1, time_steps * count, 1))
    found = ops.take_along_axis(x, flat, axis=1)
    return ops.reshape(found, (-1, time_steps, count, x.shape[-1]))


def shares(scores: Any, there: Any, axis: int = -1) -> Any:
    """Softmax of `scores` over those neighbours that are there, else 0."""
    there = ops.cast(there, scores.dtype)
    scores = scores + _NEVER * (1.0 - there)
    return ops.softmax(scores, axis=axis) * there
