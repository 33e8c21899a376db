"""Labels from what is known without looking at a pixel.

Where clips of one class were cut or encoded alike, their size, rate and length
give them away. A network that is no better has learnt nothing.
"""

import numpy as np

_BLOCK = 256  # Queries at a time.
_SLACK = 1e-9  # Of squared distances that count as equal.


def labels_of_nearest(
    known: np.ndarray, labels: np.ndarray, queries: np.ndarray
) -> np.ndarray:
    """Returns the labels of the most similar known row.

    Args:
        known: float64 [N, fields], N at least 1.
        labels: bool [N, classes], of the known rows.
        queries: float64 [M, fields].

    Returns:
        bool [M, classes]. Each field weighs the same: it is divided by its
        deviation over the known rows, and one that never varies is ignored.
        Of several nearest rows the most frequent labels are taken.
    """
    scale = known.std(axis=0)
    varies = scale > 1e-9 * (1 + np.abs(known).max(axis=0))
    known = known[:, varies] / scale[varies]
    queries = queries[:, varies] / scale[varies]
    blocks = [
        _of_block(known, labels, queries[start : start + _BLOCK])
        for start in range(0, len(queries), _BLOCK)
    ]
    return np.concatenate([np.zeros((0, labels.shape[1]), bool), *blocks])


def most_frequent(labels: np.ndarray) -> np.ndarray:
    """bool [classes]: the most frequent row of bool [N, classes].

    Of equally frequent ones, that with the first label.
    """
    rows, counts = np.unique(~labels, axis=0, return_counts=True)
    return ~rows[counts.argmax()]


def _of_block(
    known: np.ndarray, labels: np.ndarray, queries: np.ndarray
) -> np.ndarray:
    distances = np.zeros((len(queries), len(known)))
    for field in range(known.shape[1]):
        distances += np.square(queries[:, field, None] - known[None, :, field])
    nearest = distances <= distances.min(axis=1, keepdims=True) + _SLACK
    return np.stack([most_frequent(labels[row]) for row in nearest])
