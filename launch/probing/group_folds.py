"""Deals clips into folds: no group in two of them, labels spread evenly."""

import numpy as np


def deal(groups: np.ndarray, labels: np.ndarray, count: int) -> np.ndarray:
    """Returns the fold of each clip.

    The largest groups come first; each goes to the fold with the fewest clips
    of its labels, then to the smallest. The order of clips does not matter.

    Args:
        groups: int [N].
        labels: int [N].
        count: of folds, at most; fewer if there are fewer groups.

    Returns:
        int [N], 0 to count - 1.
    """
    classes, places = np.unique(labels, return_inverse=True)
    _, numbers = np.unique(groups, return_inverse=True)
    tables = np.zeros((numbers.max() + 1, len(classes)))
    np.add.at(tables, (numbers.reshape(-1), places.reshape(-1)), 1)
    totals = tables.sum(0)
    folds = np.zeros((min(count, len(tables)), len(classes)))
    chosen = np.zeros(len(tables), int)
    for group in np.argsort(-tables.sum(1), kind="stable"):
        has = tables[group] > 0
        crowded = (folds[:, has] / totals[has]).max(1)
        chosen[group] = np.lexsort((folds.sum(1), crowded))[0]
        folds[chosen[group]] += tables[group]
    return chosen[numbers.reshape(-1)]
