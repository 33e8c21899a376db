"""Clips of three labels whose features lie around three centres."""

import numpy as np

from launch.embedding import labelled_clips, stored_clips
from tfrecords_tools.checking import census

NAMES = ("a", "b", "c")


def clips(count=60, spread=0.3, splits=("train",), seed=0):
    """`count` clips; clip i has label i % 3 and group i // 2."""
    random = np.random.default_rng(seed)
    labels = np.arange(count) % 3
    centres = random.normal(size=(3, 16))
    features = centres[labels] + spread * random.normal(size=(count, 16))
    return of(features, labels, np.arange(count) // 2, splits)


def of(features, labels, groups=None, splits=("train",)):
    """The clips of these features; splits alternate."""
    labels = np.asarray(labels)
    places = [
        census.Sample(splits[i % len(splits)], "s", i, f"{i}.mp4", 8, 1.0, ())
        for i in range(len(labels))
    ]
    named = [(NAMES[label],) if label >= 0 else () for label in labels]
    return labelled_clips.LabelledClips(
        NAMES,
        [
            stored_clips.StoredClip(place, label, 0.0, 1.0)
            for place, label in zip(places, named, strict=True)
        ],
        np.asarray(features, np.float32),
        labels,
        np.arange(len(labels)) if groups is None else groups,
    )
