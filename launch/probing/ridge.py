"""A linear readout of features in closed form: ridge regression on labels.

Its strength is chosen by folds of the training part alone. Features are
standardised. With fewer clips than features it is solved in its kernel form.
"""

import numpy as np

from pipelines.reading import folds
from video_models.classification import ridge_regression

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
    mean, deviation = ridge_regression.scaling(features)
    x, z = ((each - mean) / deviation for each in (features, others))
    targets = np.eye(classes)[labels]
    shares = targets.mean(0)
    targets -= shares
    if len(x) <= x.shape[1]:
        gram, across = x @ x.T, z @ x.T
    else:
        gram, across, targets = x.T @ x, z, x.T @ targets
    unit = max(np.trace(gram) / len(gram), 1e-12)  # The mean eigenvalue.
    penalties = [strength * unit for strength in strengths]
    return across @ ridge_regression.solve(gram, targets, penalties) + shares


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
    count = min(_FOLDS, len(np.unique(groups)))
    fold_of = np.array(folds.deal(groups.tolist(), labels.tolist(), count))
    found = np.zeros((len(STRENGTHS), len(labels), classes))
    for fold in np.unique(fold_of):
        held = fold_of == fold
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
