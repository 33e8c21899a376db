"""A linear readout of features in closed form: ridge regression on labels.

Its strength is chosen by folds of the training part alone. Features are
standardised. With fewer clips than features it is solved in its kernel form.
"""

import numpy as np

from launch.probing import group_folds

STRENGTHS = tuple(float(x) for x in 10.0 ** np.arange(-5, 2))
"""Penalties, in units of the mean eigenvalue."""
_FOLDS = 5


def scores(
    features: np.ndarray,
    labels: np.ndarray,
    others: np.ndarray,
    classes: int,
    strengths: tuple[float, ...] = STRENGTHS,
) -> np.ndarray:
    """Fits each strength and scores other clips.

    Args:
        features: float [N, D], to fit.
        labels: int [N], 0 to classes - 1.
        others: float [M, D], to score.
        classes: number of labels.
        strengths: penalties.

    Returns:
        float64 [strengths, M, classes], about 1 for the label and 0 for
        others.
    """
    mean, deviation = features.mean(0), features.std(0)
    deviation = np.where(deviation > 1e-6 * (1 + abs(mean)), deviation, np.inf)
    x, z = ((each - mean) / deviation for each in (features, others))
    x, z = x.astype(np.float64), z.astype(np.float64)
    targets = np.eye(classes)[labels]
    shares = targets.mean(0)
    y = targets - shares
    if len(x) <= x.shape[1]:
        values, vectors = np.linalg.eigh(x @ x.T)
        left, right = (z @ x.T) @ vectors, vectors.T @ y
    else:
        values, vectors = np.linalg.eigh(x.T @ x)
        left, right = z @ vectors, vectors.T @ (x.T @ y)
    values = values.clip(0)
    unit = max(values.mean(), 1e-12)
    return (
        np.stack(
            [left @ (right / (values + s * unit)[:, None]) for s in strengths]
        )
        + shares
    )


def out_of_fold(
    features: np.ndarray,
    labels: np.ndarray,
    groups: np.ndarray,
    classes: int,
) -> np.ndarray:
    """Scores each clip by fits that saw none of its group.

    Returns:
        float64 [strengths, N, classes]; clips without a label (-1) are
        scored, too, and fit nothing.
    """
    if len(np.unique(groups)) == 1:
        groups = np.arange(len(labels))  # Better than no fold at all.
    folds = group_folds.deal(groups, labels, _FOLDS)
    found = np.zeros((len(STRENGTHS), len(labels), classes))
    for fold in np.unique(folds):
        held = folds == fold
        fit = ~held & (labels >= 0)
        found[:, held] = scores(
            features[fit], labels[fit], features[held], classes
        )
    return found


def choose(fold_scores: np.ndarray, labels: np.ndarray) -> int:
    """The strength with the most right answers; of equals the strongest.

    Args:
        fold_scores: of `out_of_fold`.
        labels: int [N]; -1 is not counted.
    """
    known = labels >= 0
    right = (fold_scores[:, known].argmax(-1) == labels[known]).sum(-1)
    return int(len(right) - 1 - right[::-1].argmax())
