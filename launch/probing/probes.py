"""Probes: how well labels can be read from frozen features."""

import hashlib
from collections.abc import Collection, Hashable
from typing import Any, NamedTuple

import numpy as np

from launch.embedding import labelled_clips
from launch.probing import neighbours, ridge
from tfrecords_tools.base import errors

KINDS = ("linear", "knn")


class Row(NamedTuple):
    """One probe.

    Attributes:
        kind: linear or knn.
        share: of the training labels.
        labels: training labels used, on average over draws.
        accuracy: of the encoder, averaged over draws.
        random_accuracy: of a random encoder of the same shape.
        majority: share of the tested clips that have the most frequent label
            of the training clips.
        interval: 95 % Wilson interval of `accuracy`.
        tested: clips tested.
    """

    kind: str
    share: float
    labels: int
    accuracy: float
    random_accuracy: float
    majority: float
    interval: tuple[float, float]
    tested: int

    def to_json(self) -> dict[str, Any]:
        """JSON values."""
        return {**self._asdict(), "interval": list(self.interval)}


def predict(
    kind: str,
    train: labelled_clips.LabelledClips,
    test: labelled_clips.LabelledClips,
) -> np.ndarray:
    """Predicted labels of the tested clips.

    The strength of the linear probe is chosen by folds within the training
    part; nothing is chosen on the tested clips.

    Returns:
        int [M].
    """
    classes = len(train.names)
    if kind == "knn":
        found = neighbours.votes(
            neighbours.unit(test.features, train.features),
            neighbours.unit(train.features),
            train.labels,
            classes,
        )
        return found.argmax(1)
    held_out = ridge.out_of_fold(
        train.features, train.labels, train.groups, classes
    )
    strength = ridge.STRENGTHS[ridge.choose(held_out, train.labels)]
    (found,) = ridge.scores(
        train.features, train.labels, test.features, classes, (strength,)
    )
    return found.argmax(1)


def draw(
    clips: labelled_clips.LabelledClips, share: float, seed: int
) -> np.ndarray:
    """Places of a share of each label's clips, at least one of each.

    A hash of seed and clip decides, so that smaller shares are part of larger
    ones and the order of clips does not matter.
    """
    keys = np.array([_key(seed, clip.key) for clip in clips.clips])
    chosen = []
    for label in np.unique(clips.labels[clips.labels >= 0]):
        places = np.flatnonzero(clips.labels == label)
        places = places[np.argsort(keys[places], kind="stable")]
        chosen.append(places[: max(1, round(share * len(places)))])
    return np.sort(np.concatenate(chosen))


def check(split: str, labels: Collection[Hashable]) -> None:
    """Raises UserError if there is nothing to learn or to test.

    Args:
        split: of the clips.
        labels: each one that a clip of the split has, once.
    """
    if len(labels) < 2:
        raise errors.UserError(
            f"the {split} part has clips of fewer than two labels: a probe "
            "wants shards with labels"
        )


def _key(seed: int, clip: tuple[str, int]) -> str:
    return hashlib.sha256(f"{seed} {clip}".encode()).hexdigest()
