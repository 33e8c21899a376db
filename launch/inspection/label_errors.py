"""Finds labels that are probably wrong.

Each clip is judged by fits and neighbours that saw none of its group: half by a
ridge regression on the features, half by the votes of its nearest neighbours.
A label is suspect where another one is nearly as probable as it usually is for
clips that have it.

Source: confident learning (Northcutt et al., arXiv:1911.00068), with readouts
of frozen features in the place of a trained network.
"""

from typing import NamedTuple

import numpy as np

from launch.embedding import labelled_clips
from launch.probing import neighbours, ridge

_TEMPERATURES = 2.0 ** np.arange(-2, 7)


class Suspect(NamedTuple):
    """A clip whose label is probably wrong.

    Attributes:
        place: of the clip.
        given: its label.
        suggested: the more probable one.
        probability: of the suggested label.
        given_probability: of its own label.
    """

    place: int
    given: int
    suggested: int
    probability: float
    given_probability: float

    @property
    def margin(self) -> float:
        """By how much the suggested label is more probable."""
        return self.probability - self.given_probability


def probabilities(clips: labelled_clips.LabelledClips) -> np.ndarray:
    """Probability of each label, judged without the clip's own group.

    Returns:
        float64 [N, classes].
    """
    classes, labels = len(clips.names), clips.labels
    found = ridge.out_of_fold(clips.features, labels, clips.groups, classes)
    linear = _calibrated(found[ridge.choose(found, labels)], labels)
    rows = neighbours.unit(clips.features)
    votes = neighbours.votes(
        rows, rows, labels, classes, (clips.groups, clips.groups)
    )
    return (linear + votes) / 2


def judged(clips: labelled_clips.LabelledClips) -> np.ndarray:
    """bool [classes]: labels with clips of at least two groups.

    Nothing outside its group speaks for a clip of another label.
    """
    pairs = {
        (label, group)
        for label, group in zip(
            clips.labels.tolist(), clips.groups.tolist(), strict=True
        )
        if label >= 0
    }
    groups = np.bincount(
        [label for label, _ in pairs], minlength=len(clips.names)
    )
    return groups >= 2


def find(
    clips: labelled_clips.LabelledClips,
    probability: np.ndarray,
    confidence: float,
) -> list[Suspect]:
    """The suspects, most certain first.

    Clips of labels that are not `judged` are not listed, and such labels not
    suggested.

    Args:
        clips: all clips.
        probability: from `probabilities`.
        confidence: share of the usual probability of a label from which it
            makes another label suspect; 1 as published.
    """
    labels, can_judge = clips.labels, judged(clips)
    usual = np.array(
        [
            probability[labels == label, label].mean()
            if can_judge[label]
            else np.inf
            for label in range(len(clips.names))
        ]
    )
    suspects = []
    for place in np.flatnonzero(np.isin(labels, np.flatnonzero(can_judge))):
        row, given = probability[place], int(labels[place])
        confident = np.where(row >= confidence * usual, row, -np.inf)
        best = int(confident.argmax())
        if confident[best] > row[given] and best != given:
            both = float(row[best]), float(row[given])
            suspects.append(Suspect(int(place), given, best, *both))
    return sorted(suspects, key=lambda each: -each.margin)


def _calibrated(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Softmax of the scores, at the temperature that fits the labels best."""
    known = np.flatnonzero(labels >= 0)

    def softmax(sharpness: float) -> np.ndarray:
        powers = scores * sharpness
        powers = np.exp(powers - powers.max(1, keepdims=True))
        return powers / powers.sum(1, keepdims=True)

    def fit(sharpness: float) -> float:
        return float(np.log(softmax(sharpness)[known, labels[known]]).mean())

    return softmax(max(_TEMPERATURES, key=fit))
