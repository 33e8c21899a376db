"""A linear classifier in closed form, for few clips with many features.

Ridge regression on one-hot labels, in the kernel form, in float64. Columns
fall into groups of equal weight; the kernels of some groups are added. Which
groups and which strength is decided by cross-validation, and candidates of
about the same error are averaged: sixty clips do not tell them apart.
"""

import itertools
from typing import NamedTuple

import numpy as np

from video_models.classification import ridge_regression

STRENGTHS = (0.03, 0.1, 0.3, 1.0, 3.0)
MOST_CLIPS = 10_000  # The kernel and its inverse are 0.8 GB each.
_MOST_ROWS = 1000  # More views than that are averaged first.
_MOST_COMPARED = 1500  # Clips in cross-validation.
_LEAST_WEIGHT = 1e-3


class Candidate(NamedTuple):
    """Groups of columns, and the strength of the penalty."""

    groups: tuple[int, ...]
    strength: float


class Readout(NamedTuple):
    """A fitted classifier.

    Attributes:
        kernel: float64 [features, classes]; logits are calibrated.
        bias: float64 [classes].
        weights: candidates to their weights, which sum to 1, largest first.
        accuracy: share of the clips compared whose label was found without
            their fold: classifiers learnt, and were weighed, on others.
        compared: number of these clips.
    """

    kernel: np.ndarray
    bias: np.ndarray
    weights: dict[Candidate, float]
    accuracy: float
    compared: int


def fit(
    features: np.ndarray,
    labels: np.ndarray,
    folds: np.ndarray,
    groups: tuple[int, ...],
    classes: int,
    strengths: tuple[float, ...] = STRENGTHS,
) -> Readout:
    """Fits the classifier; equal arguments give equal results.

    Args:
        features: [clips, views, features]; each view is an example in
            training, and scores are averaged over views.
        labels: int [clips].
        folds: int [clips]; clips of one fold are left out together.
        groups: columns of each group, in order.
        classes: number of labels.
        strengths: penalties to compare, beside kernels of mean diagonal 1.
    """
    x = _rows(features)
    center, spread = ridge_regression.scaling(x)
    x = (x - center) / spread
    clips, views = x.shape[:2]
    columns = np.split(np.arange(x.shape[2]), np.cumsum(groups)[:-1])
    targets = np.eye(classes)[labels]
    used = _compared(clips)
    candidates, errors, scores = _cross_validated(
        x[used], targets[used], folds[used], columns, strengths
    )
    weights = _weights(errors)
    found = _of_other_folds(errors, scores, folds[used])
    scale = _calibrated(found, labels[used])
    kernel = np.zeros((x.shape[2], classes))
    mean = targets.mean(0)
    for candidate, weight in zip(candidates, weights, strict=True):
        if weight >= _LEAST_WEIGHT:
            kernel += weight * _solve(x, targets - mean, columns, candidate)
    kernel = scale * kernel / spread[:, None]
    order = np.argsort(-weights, kind="stable")
    return Readout(
        kernel,
        scale * mean - center @ kernel,
        {
            candidates[i]: float(weights[i])
            for i in order
            if weights[i] >= _LEAST_WEIGHT
        },
        float((found.argmax(-1) == labels[used]).mean()),
        len(used),
    )


def _rows(features: np.ndarray) -> np.ndarray:
    clips, views = features.shape[:2]
    if clips * views > _MOST_ROWS:
        features = features.mean(axis=1, keepdims=True, dtype=np.float64)
    return features.astype(np.float64)


def _compared(clips: int) -> np.ndarray:
    """The clips in cross-validation, evenly spaced."""
    count = min(clips, _MOST_COMPARED)
    return np.arange(count) * clips // count


def _cross_validated(
    x: np.ndarray,
    targets: np.ndarray,
    folds: np.ndarray,
    columns: list[np.ndarray],
    strengths: tuple[float, ...],
) -> tuple[list[Candidate], np.ndarray, np.ndarray]:
    """Candidates, squared errors [n, clips], scores [n, clips, classes]."""
    clips, views = x.shape[:2]
    kernels = [_kernel(x, each) for each in columns]
    candidates, scores = [], []
    for chosen in _subsets(len(columns)):
        kernel = sum(kernels[each] for each in chosen) / len(chosen)
        found = np.zeros((len(strengths), *targets.shape))
        for fold in np.unique(folds):
            out = folds == fold
            found[:, out] = _left_out(kernel, targets, out, views, strengths)
        candidates += [Candidate(chosen, each) for each in strengths]
        scores.append(found)
    scores = np.concatenate(scores)
    return candidates, np.square(scores - targets).sum(-1), scores


def _of_other_folds(
    errors: np.ndarray, scores: np.ndarray, folds: np.ndarray
) -> np.ndarray:
    """Scores [clips, classes] by the weights that the other folds give."""
    found = np.zeros(scores.shape[1:])
    for fold in np.unique(folds):
        out = folds == fold
        weights = _weights(errors[:, ~out])
        found[out] = np.tensordot(weights, scores[:, out], 1)
    return found


def _subsets(count: int) -> list[tuple[int, ...]]:
    sizes = range(1, count + 1)
    return [c for n in sizes for c in itertools.combinations(range(count), n)]


def _kernel(x: np.ndarray, columns: np.ndarray) -> np.ndarray:
    rows = x[..., columns].reshape(-1, len(columns))
    return rows @ rows.T / len(columns)


def _left_out(
    kernel: np.ndarray,
    targets: np.ndarray,
    out: np.ndarray,
    views: int,
    strengths: tuple[float, ...],
) -> np.ndarray:
    """Scores [strengths, clips left out, classes], averaged over views."""
    rows = np.repeat(out, views)
    mean = targets[~out].mean(0) if not out.all() else targets.mean(0)
    known = np.repeat(targets[~out] - mean, views, axis=0)
    solutions = ridge_regression.solve(
        kernel[np.ix_(~rows, ~rows)], known, strengths
    )
    scores = kernel[np.ix_(rows, ~rows)] @ solutions
    shape = (len(strengths), out.sum(), views, targets.shape[1])
    return np.reshape(scores, shape).mean(2) + mean


def _solve(
    x: np.ndarray,
    targets: np.ndarray,
    columns: list[np.ndarray],
    candidate: Candidate,
) -> np.ndarray:
    """The kernel of the classifier, float64 [features, classes]."""
    views = x.shape[1]
    share = len(candidate.groups)
    gram = sum(_kernel(x, columns[each]) for each in candidate.groups) / share
    targets = np.repeat(targets, views, axis=0)
    (dual,) = ridge_regression.solve(gram, targets, (candidate.strength,))
    found = np.zeros((x.shape[2], targets.shape[1]))
    for each in candidate.groups:
        part = columns[each]
        rows = x[..., part].reshape(-1, len(part))
        found[part] = rows.T @ dual / (share * len(part))
    return found


def _weights(errors: np.ndarray) -> np.ndarray:
    """Weights of candidates by their likelihood, which sum to 1.

    That of Gaussian errors [n, clips] with a variance of 1/8 per clip.
    """
    sums = errors.sum(-1)
    likelihood = np.exp(-4.0 * (sums - sums.min()))
    return likelihood / likelihood.sum()


def _calibrated(scores: np.ndarray, labels: np.ndarray) -> float:
    """The factor that makes probabilities of scores of clips left out.

    Source: temperature scaling, arXiv:1706.04599, with the targets of Platt
    (1999), which keep it finite where every clip is right.
    """
    clips, classes = scores.shape
    right = (clips + 1) / (clips + classes)
    targets = np.full((clips, classes), (1 - right) / max(classes - 1, 1))
    targets[np.arange(clips), labels] = right

    def loss(scale: float) -> float:
        logits = scale * scores
        logits = logits - logits.max(-1, keepdims=True)
        logs = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
        return float(-(targets * logs).sum(-1).mean())

    low, high = np.log(1e-2), np.log(1e3)
    for _ in range(60):  # The loss is convex in the factor.
        third = (high - low) / 3
        if loss(np.exp(low + third)) <= loss(np.exp(high - third)):
            high -= third
        else:
            low += third
    return float(np.exp((low + high) / 2))
