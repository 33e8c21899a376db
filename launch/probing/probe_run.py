"""Probes an encoder and a random one on the same clips."""

import os
from collections.abc import Sequence

import numpy as np

from launch.embedding import labelled_clips, stored_clips
from launch.probing import probes
from tfrecords_tools import label_balance
from tfrecords_tools import manifest as manifests


def run(
    encoded: labelled_clips.LabelledClips,
    random: Sequence[labelled_clips.LabelledClips],
    split: str,
    kinds: Sequence[str],
    shares: Sequence[float],
    seeds: int,
) -> list[probes.Row]:
    """Probes by each kind with each share of the labels.

    Args:
        encoded: all clips, by the encoder.
        random: the same clips by random encoders.
        split: whose clips are tested; all kinds learn from `train`.
        kinds: of probes.
        shares: of the training labels, at most 1.
        seeds: draws of the labels, where the share is below 1.

    Raises:
        UserError: there are too few labels.
    """
    rows = []
    for kind in kinds:
        for share in shares:
            draws = range(seeds if share < 1 else 1)
            count, right, tested = _right(encoded, split, kind, share, draws)
            chance = [
                _right(each, split, kind, share, draws)[1] / tested
                for each in random
            ]
            rows.append(
                probes.Row(
                    kind,
                    share,
                    count,
                    right / tested,
                    float(np.mean(chance)),
                    _majority(encoded, split),
                    label_balance.wilson(right / tested, tested),
                    tested,
                )
            )
    return rows


def check_labels(folder: str | os.PathLike, split: str) -> None:
    """Reads labels until there are enough, before any clip is encoded.

    Raises:
        UserError: `train` or `split` has clips of fewer than two labels.
    """
    manifest = manifests.read(folder)
    for part in ("train", split):
        found = set()
        for clip in stored_clips.list_clips(folder, manifest, part):
            found.update(clip.labels)
            if len(found) > 1:
                break
        probes.check(part, found)


def _labels(clips: labelled_clips.LabelledClips, split: str) -> np.ndarray:
    labels = clips.of_split(split).labels
    return labels[labels >= 0]


def _majority(clips: labelled_clips.LabelledClips, split: str) -> float:
    """Share of the tested clips with the most frequent label of training."""
    most = np.bincount(_labels(clips, "train")).argmax()
    return float((_labels(clips, split) == most).mean())


def _right(
    clips: labelled_clips.LabelledClips,
    split: str,
    kind: str,
    share: float,
    draws: Sequence[int],
) -> tuple[int, float, int]:
    """Labels used, right answers on average over draws, and clips tested."""
    train, test = clips.of_split("train"), clips.of_split(split)
    test = test.take(test.labels >= 0)
    for part, labels in (("train", train.labels), (split, test.labels)):
        probes.check(part, set(labels[labels >= 0].tolist()))
    right = []
    for seed in draws:
        places = probes.draw(train, share, seed)
        found = probes.predict(kind, train.take(places), test)
        right.append(int((found == test.labels).sum()))
    return len(places), float(np.mean(right)), len(test.labels)
