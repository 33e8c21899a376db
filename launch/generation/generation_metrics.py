"""The figures of samples, and of real clips that stand in their place.

Three sets of equally many clips are measured against one and the same
reference of as many real ones, and so can be compared with one another:

    samples    what is to be measured
    real       other real clips: what perfect samples would reach
    shuffled   the same with the frames of each in random order: what a
               generator reaches whose frames are perfect and do not move
"""

from typing import NamedTuple

import numpy as np

from launch.generation import clip_features, real_clips
from video_models.metrics import frechet, precision_recall

SETS = ("real", "shuffled", "samples")


class ClipSet(NamedTuple):
    """Features and labels of N clips.

    Attributes:
        features: float32 [N, D].
        expected_labels: int32 [N], ids of the labels that the clips should
            show, in the classifier's order; -1 for a clip without a label.
        recognised_labels: int32 [N], the classifier's predictions; None
            without a classifier.
    """

    features: np.ndarray
    expected_labels: np.ndarray
    recognised_labels: np.ndarray | None


def extract(
    clips: np.ndarray,
    expected_labels: np.ndarray,
    network: clip_features.FeatureNetwork,
    classifier: clip_features.FeatureNetwork | None,
) -> ClipSet:
    """Features of clips, uint8 [N, T, H, W, 3], and recognised labels."""
    seen = classifier.extract(clips).labels if classifier else None
    return ClipSet(network.extract(clips).features, expected_labels, seen)


def extract_real(
    real: real_clips.RealClips,
    count: int,
    seed: int,
    network: clip_features.FeatureNetwork,
    classifier: clip_features.FeatureNetwork | None,
    batch_size: int,
) -> dict[str, ClipSet]:
    """`reference`, `real` and `shuffled`, each of `count` clips."""
    collected: dict[str, list[ClipSet]] = {}

    def add(name: str, frames: np.ndarray, labels: np.ndarray) -> None:
        if len(frames):
            seen = extract(frames, labels, network, classifier)
            collected.setdefault(name, []).append(seen)

    for places, frames, labels in real.draw(count, seed, batch_size):
        other = places >= count
        add("reference", frames[~other], labels[~other])
        add("real", frames[other], labels[other])
        if other.any():
            mixed = real_clips.shuffled(frames[other], seed, places[other])
            add("shuffled", mixed, labels[other])
    return {name: _joined(parts) for name, parts in collected.items()}


def compute(
    reference: ClipSet, clips: ClipSet, k: int, labels: tuple[str, ...] = ()
) -> dict[str, float]:
    """The figures of one set.

    Args:
        reference: real clips.
        clips: as many.
        k: the neighbour whose distance says what is near.
        labels: that the classifier knows.

    Returns:
        `frechet_distance`, `precision`, `recall`, `diversity`; where a
        classifier has seen them `recognised`, the share of clips that it
        takes for what they should show, and `recognised/<label>` of each.

    Raises:
        UserError: clips are too few, or features are no numbers.
    """
    one, other = (
        frechet.fitted(reference.features),
        frechet.fitted(clips.features),
    )
    precision, recall = precision_recall.precision_and_recall(
        reference.features, clips.features, k
    )
    return {
        "frechet_distance": frechet.distance(one, other),
        "precision": precision,
        "recall": recall,
        "diversity": precision_recall.diversity(
            reference.features, clips.features
        ),
        **_recognition(clips, labels),
    }


def _recognition(clips: ClipSet, labels: tuple[str, ...]) -> dict[str, float]:
    if (
        clips.recognised_labels is None
        or not (clips.expected_labels >= 0).any()
    ):
        return {}
    right = clips.recognised_labels == clips.expected_labels
    metrics = {"recognised": float(right[clips.expected_labels >= 0].mean())}
    for number, label in enumerate(labels):
        mask = clips.expected_labels == number
        if mask.any():
            metrics[f"recognised/{label}"] = float(right[mask].mean())
    return metrics


def _joined(parts: list[ClipSet]) -> ClipSet:
    return ClipSet(
        *(
            None if each[0] is None else np.concatenate(each)
            for each in zip(*parts, strict=True)
        )
    )
