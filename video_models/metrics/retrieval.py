"""Retrieval metrics of paired vectors, over all clips of a split.

Each metric stands beside what knowing nothing would reach.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

AT = 1, 5, 10  # Recall at these ranks.
_BLOCK = 1024  # Queries compared at a time; bounds memory.


class Metric(NamedTuple):
    """A share of hits.

    Attributes:
        value: the share; 0 without clips.
        chance: the share of random vectors.
        clips: clips that were asked about.
    """

    value: float
    chance: float
    clips: int


def recalls(
    queries: np.ndarray, keys: np.ndarray, at: tuple[int, ...] = AT
) -> dict[int, Metric]:
    """Returns how often the own key is among the best of all keys.

    Args:
        queries: float32 [N, D], unit vectors.
        keys: float32 [N, D]; those of the same clips.
        at: numbers of best keys.

    Returns:
        Recall at each number. Ties, and values that are not finite, are
        misses.
    """
    count = len(queries)
    ranks = [
        np.sum(~(scores < own[:, None]), axis=1)
        for scores, own, _ in _compared(queries, keys)
    ]
    every = np.concatenate(ranks) if ranks else np.zeros(0, np.int64)
    return {
        k: Metric(_mean(every <= k), min(1.0, k / max(1, count)), count)
        for k in at
    }


def label_aware_recall(
    queries: np.ndarray, keys: np.ndarray, labels: np.ndarray
) -> Metric:
    """Returns how often the best key is of a clip with the same label.

    Args:
        queries: float32 [N, D], unit vectors.
        keys: float32 [N, D]; those of the same clips.
        labels: int [N], or bool [N, classes]: clips are alike that share one.
            Clips without a label (-1) do not count.
    """
    if labels.ndim == 1:
        labels = labels[:, None] == np.arange(max(labels, default=-1) + 1)
    labels = labels >= 0.5
    known = labels.any(axis=1)
    queries, keys, labels = queries[known], keys[known], labels[known]
    hits, chances = [], []
    for scores, own, rows in _compared(queries, keys):
        alike = (labels[rows].astype(np.float32) @ labels.T) > 0
        best = np.argmax(scores, axis=1)
        right = np.take_along_axis(alike, best[:, None], axis=1)[:, 0]
        hits.append(right & np.isfinite(own))
        chances.append(alike.mean(axis=1))
    if not hits:
        return Metric(0.0, 0.0, 0)
    hits, chances = np.concatenate(hits), np.concatenate(chances)
    return Metric(_mean(hits), float(chances.mean()), len(queries))


def choice(queries: np.ndarray, keys: np.ndarray, others: np.ndarray) -> Metric:
    """Returns how often a query is nearer to its key than to another one.

    Args:
        queries: float32 [N, D].
        keys: float32 [N, D], the right ones.
        others: float32 [N, D], the wrong ones.
    """
    hits = np.sum(queries * keys, axis=1) > np.sum(queries * others, axis=1)
    return Metric(_mean(hits), 0.5, len(hits))


def _compared(
    queries: np.ndarray, keys: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray, slice]]:
    """Similarities [n, N] of some queries to all keys, those to their own
    keys [n], and which queries they are."""
    for first in range(0, len(queries), _BLOCK):
        rows = slice(first, first + _BLOCK)
        scores = queries[rows] @ keys.T
        numbers = np.arange(len(scores))
        yield scores, scores[numbers, first + numbers], rows


def _mean(hits: np.ndarray) -> float:
    return float(hits.mean()) if len(hits) else 0.0
