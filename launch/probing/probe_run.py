"""Probes an encoder and a random one on the same clips."""

from collections.abc import Sequence

import numpy as np

from launch.embedding import labelled_clips
from launch.probing import probes
from tfrecords_tools import label_balance


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
            labels = _labels(encoded, split)
            rows.append(
                probes.Row(
                    kind,
                    share,
                    count,
                    right / tested,
                    float(np.mean(chance)),
                    float(np.bincount(labels).max() / tested),
                    label_balance.wilson(right / tested, tested),
                    tested,
                )
            )
    return rows


def _labels(clips: labelled_clips.LabelledClips, split: str) -> np.ndarray:
    labels = clips.of_split(split).labels
    return labels[labels >= 0]


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
    probes.check(train, test)
    right = []
    for seed in draws:
        places = probes.draw(train, share, seed)
        found = probes.predict(kind, train.take(places), test)
        right.append(int((found == test.labels).sum()))
    return len(places), float(np.mean(right)), len(test.labels)
