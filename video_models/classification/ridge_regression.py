"""Ridge regression in closed form, for several penalties at once."""

from collections.abc import Sequence

import numpy as np


def scaling(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and deviation of each feature, to standardise it by.

    Args:
        features: float [..., D].

    Returns:
        float64 [D] twice; the deviation is infinite where a feature never
        changes, which then says nothing.
    """
    rows = features.reshape(-1, features.shape[-1]).astype(np.float64)
    mean, deviation = rows.mean(0), rows.std(0)
    changes = deviation > 1e-6 * (np.abs(mean) + 1e-6)
    return mean, np.where(changes, deviation, np.inf)


def solve(
    gram: np.ndarray, targets: np.ndarray, penalties: Sequence[float]
) -> np.ndarray:
    """Solves `(gram + penalty * I) @ solution = targets`.

    Args:
        gram: float64 [N, N], symmetric, with eigenvalues of at least 0: of
            the rows in the kernel form, of the columns otherwise.
        targets: float64 [N, C].
        penalties: above 0.

    Returns:
        float64 [penalties, N, C].
    """
    if len(penalties) == 1:  # Ten times as fast as the eigenvalues.
        shifted = gram.copy()
        shifted[np.diag_indices_from(shifted)] += penalties[0]
        return np.linalg.solve(shifted, targets)[None]
    values, vectors = np.linalg.eigh(gram)
    values, across = values.clip(0)[:, None], vectors.T @ targets
    return np.stack([vectors @ (across / (values + p)) for p in penalties])
