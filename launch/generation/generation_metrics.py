"""Metrics of samples, and of real clips as upper and lower baseline.

Three sets of equal size are compared with the same reference of real clips:

    samples    the generated clips
    real       other real clips: what perfect samples would reach
    shuffled   the same clips with frames in random order: what a generator
               of perfect frames without motion would reach
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
    """Features and recognised labels of clips, uint8 [N, T, H, W, 3]."""
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

    for positions, frames, labels in real.draw(count, seed, batch_size):
        other = positions >= count
        add("reference", frames[~other], labels[~other])
        add("real", frames[other], labels[other])
        if other.any():
            mixed = real_clips.shuffled(frames[other], seed, positions[other])
            add("shuffled", mixed, labels[other])
    return {name: _concatenate(parts) for name, parts in collected.items()}


def compute(
    reference: ClipSet, clips: ClipSet, k: int, labels: tuple[str, ...] = ()
) -> dict[str, float]:
    """Computes the metrics of one set.

    Args:
        reference: real clips.
        clips: equally many clips.
        k: nearest neighbours of precision and recall.
        labels: classes of the classifier.

    Returns:
        `frechet_distance`, `precision`, `recall`, `diversity`; with a
        classifier also `recognised`, the fraction of clips recognised as
        their expected label, and `recognised/<label>` per label.

    Raises:
        UserError: there are too few clips, or features are not finite.
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


def _concatenate(batches: list[ClipSet]) -> ClipSet:
    return ClipSet(
        *(
            None if each[0] is None else np.concatenate(each)
            for each in zip(*batches, strict=True)
        )
    )
