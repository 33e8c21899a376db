"""How much of what is real the samples cover, and how much of them is real.

A distance between distributions does not tell poor samples from monotonous
ones; precision, recall and diversity do.
"""

from collections.abc import Iterator

import numpy as np

from tfrecords_tools.base import errors

_ROWS = 1024  # Of the matrix of distances that is held at a time.


def precision_and_recall(
    real: np.ndarray, samples: np.ndarray, k: int = 3
) -> tuple[float, float]:
    """Improved precision and recall.

    A set covers a point that is as near to one of its clips as that clip's
    own k-th neighbour in the set. Precision is the share of samples that the
    real clips cover, recall the share of real clips that the samples cover.

    Source: arXiv:1904.06991. Differs: the features are those of a network of
    ours, and distances are float64.

    Args:
        real: float [N, D], features of real clips.
        samples: float [M, D], features of samples.
        k: neighbours; each set holds more clips than that.

    Returns:
        Precision and recall, 0 to 1.

    Raises:
        UserError: a set has no k-th neighbours.
    """
    real, samples = _centred(real, samples)
    for name, features in (("real clips", real), ("samples", samples)):
        if len(features) <= k:
            raise errors.UserError(
                f"got {len(features)} {name} for the neighbour number {k} of "
                f"each, wanted at least {k + 1}: measure more, or lower --k"
            )
    precision = _covered(samples, real, _radii(real, k)).mean()
    recall = _covered(real, samples, _radii(samples, k)).mean()
    return float(precision), float(recall)


def diversity(real: np.ndarray, samples: np.ndarray) -> float:
    """The mean distance of two samples, over that of two real clips.

    1 is as diverse as what is real, 0 always the same.

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
            "all real clips have the same features: the network that gives "
            "them tells nothing apart; wanted another run"
        )
    return _mean_distance(samples) / wanted


def _centred(
    real: np.ndarray, samples: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Both moved alike: squares of large numbers would hide small distances."""
    real, samples = np.float64(real), np.float64(samples)
    mean = real.mean(axis=0)
    return real - mean, samples - mean


def _distances(rows: np.ndarray, others: np.ndarray) -> Iterator[np.ndarray]:
    """float64 [some rows, all others], one after the other."""
    squares = np.sum(others**2, axis=1)
    for first in range(0, len(rows), _ROWS):
        own = rows[first : first + _ROWS]
        found = np.sum(own**2, axis=1)[:, None] + squares - 2 * own @ others.T
        yield np.sqrt(np.maximum(found, 0.0))


def _radii(features: np.ndarray, k: int) -> np.ndarray:
    """Distance of each to its k-th neighbour; itself is number 0."""
    nearest = [
        np.partition(each, k, axis=1)[:, k]
        for each in _distances(features, features)
    ]
    return np.concatenate(nearest)


def _covered(
    points: np.ndarray, centres: np.ndarray, radii: np.ndarray
) -> np.ndarray:
    """bool, a point: whether it lies in the ball of any centre."""
    inside = [
        (each <= radii).any(axis=1) for each in _distances(points, centres)
    ]
    return np.concatenate(inside)


def _mean_distance(features: np.ndarray) -> float:
    """Of two different rows."""
    count = len(features)
    total = sum(float(each.sum()) for each in _distances(features, features))
    return total / (count * (count - 1))
