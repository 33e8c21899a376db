"""Precision, recall and diversity of generated samples.

Unlike a distance between distributions, they distinguish low quality from low
diversity.
"""

from collections.abc import Iterator

import numpy as np

from tfrecords_tools.base import errors

_ROWS = 1024  # Rows of the distance matrix in memory at a time.


def precision_and_recall(
    real: np.ndarray, samples: np.ndarray, k: int = 3
) -> tuple[float, float]:
    """Improved precision and recall.

    A set covers a point within the distance of a clip to its k-th neighbour in
    the set. Precision is the fraction of samples covered by real clips, recall
    the fraction of real clips covered by samples.

    Source: arXiv:1904.06991. Differs: the features are those of our networks;
    distances are float64.

    Args:
        real: float [N, D], features of real clips.
        samples: float [M, D], features of samples.
        k: number of the neighbour, less than the clips of each set.

    Returns:
        Precision and recall, 0 to 1.

    Raises:
        UserError: a set has too few clips.
    """
    real, samples = _centred(real, samples)
    for name, features in (("real clips", real), ("samples", samples)):
        if len(features) <= k:
            raise errors.UserError(
                f"got {len(features)} {name} for --k={k}, wanted at least "
                f"{k + 1}: measure more clips, or lower --k"
            )
    precision = _covered(samples, real, _radii(real, k)).mean()
    recall = _covered(real, samples, _radii(samples, k)).mean()
    return float(precision), float(recall)


def diversity(real: np.ndarray, samples: np.ndarray) -> float:
    """Returns the mean distance of samples relative to that of real clips.

    1 means as diverse as real clips, 0 identical samples.

    Args:
        real: float [N, D], N at least 2.
        samples: float [M, D], M at least 2.

    Raises:
        UserError: all real clips have the same features.
    """
    real, samples = _centred(real, samples)
    wanted = _mean_distance(real)
    if not wanted > 0:
        raise errors.UserError(
            "all real clips have the same features: the feature network "
            "does not distinguish clips; wanted another run"
        )
    return _mean_distance(samples) / wanted


def _centred(
    real: np.ndarray, samples: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Centres both sets, so that squares keep small distances."""
    real, samples = np.float64(real), np.float64(samples)
    mean = real.mean(axis=0)
    return real - mean, samples - mean


def _distances(rows: np.ndarray, others: np.ndarray) -> Iterator[np.ndarray]:
    """Yields float64 blocks, [some rows, all others]."""
    squares = np.sum(others**2, axis=1)
    for first in range(0, len(rows), _ROWS):
        own = rows[first : first + _ROWS]
        found = np.sum(own**2, axis=1)[:, None] + squares - 2 * own @ others.T
        yield np.sqrt(np.maximum(found, 0.0))


def _radii(features: np.ndarray, k: int) -> np.ndarray:
    """Distance of each to its k-th neighbour, not counting itself."""
    nearest = [
        np.partition(each, k, axis=1)[:, k]
        for each in _distances(features, features)
    ]
    return np.concatenate(nearest)


def _covered(
    points: np.ndarray, centres: np.ndarray, radii: np.ndarray
) -> np.ndarray:
    """bool per point: whether it lies in the ball of any centre."""
    inside = [
        (each <= radii).any(axis=1) for each in _distances(points, centres)
    ]
    return np.concatenate(inside)


def _mean_distance(features: np.ndarray) -> float:
    """Mean distance of two different rows."""
    count = len(features)
    total = sum(float(each.sum()) for each in _distances(features, features))
    return total / (count * (count - 1))
