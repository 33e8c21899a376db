"""Votes of the nearest neighbours by cosine similarity.

Source: Wu et al., arXiv:1805.01978: 20 neighbours, weights e^(s / 0.07).
"""

from collections.abc import Iterator

import numpy as np

from launch.embedding import unit_rows

NEIGHBOURS, TEMPERATURE = 20, 0.07
_BLOCK = 1024  # Rows of similarities in memory.


def unit(
    features: np.ndarray, reference: np.ndarray | None = None
) -> np.ndarray:
    """float32 [N, D] of length 1, see `unit_rows`.

    Args:
        features: float [N, D].
        reference: float [M, D], what to standardise by; None: the features.
    """
    reference = features if reference is None else reference
    return unit_rows.measure([reference], features.shape[1]).apply(features)


def similarities(
    rows: np.ndarray,
    others: np.ndarray,
    groups: tuple[np.ndarray, np.ndarray] | None = None,
) -> Iterator[tuple[slice, np.ndarray]]:
    """Yields blocks of rows with their similarities to all others.

    Args:
        rows: float32 [N, D] of length 1.
        others: float32 [M, D] of length 1.
        groups: of both; pairs of one group get -inf. None: no groups.

    Yields:
        The rows, and float32 [n, M].
    """
    for first in range(0, len(rows), _BLOCK):
        block = slice(first, min(first + _BLOCK, len(rows)))
        found = rows[block] @ others.T
        if groups is not None:
            same = groups[0][block, None] == groups[1][None]
            found[same] = -np.inf
        yield block, found


def votes(
    rows: np.ndarray,
    others: np.ndarray,
    labels: np.ndarray,
    classes: int,
    groups: tuple[np.ndarray, np.ndarray] | None = None,
    count: int = NEIGHBOURS,
) -> np.ndarray:
    """Weighted votes of the nearest others for each row.

    Args:
        rows: as for `similarities`.
        others: as for `similarities`.
        labels: int [M] of the others; -1 does not vote.
        classes: number of labels.
        groups: as for `similarities`.
        count: neighbours.

    Returns:
        float64 [N, classes], shares; zeros without any neighbour.
    """
    known = labels >= 0
    others, labels = others[known], labels[known]
    if groups is not None:
        groups = groups[0], groups[1][known]
    targets = np.eye(classes)[labels]
    found = np.zeros((len(rows), classes))
    count = min(count, len(others))
    for block, near in similarities(rows, others, groups):
        places = np.argpartition(-near, count - 1, axis=1)[:, :count]
        values = np.take_along_axis(near, places, 1)
        weights = np.exp((values - 1) / TEMPERATURE)
        found[block] = (weights[:, :, None] * targets[places]).sum(1)
    return found / np.maximum(found.sum(1, keepdims=True), 1e-300)
