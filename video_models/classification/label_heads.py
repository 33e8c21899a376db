"""Heads on the same features, one for each label set."""

import contextlib

import keras

from tfrecords_tools.base import registry
from video_models.classification import label_axes

MAIN = "label"  # Others are `label.<task>`, as in batches.


def logits(
    head: registry.Chosen, features: keras.KerasTensor, classes: dict[str, int]
) -> dict[str, keras.KerasTensor]:
    """Applies a head for each label set.

    Args:
        head: a file of `video_models.heads`.
        features: [B, t, C].
        classes: number of labels by label set.

    Returns:
        Logits by label set.
    """
    shape = tuple(features.shape[1:])
    found = {}
    tasks = {name: suffix(name)[1:] for name in classes}
    # Distinguishes the weights of the heads.
    scopes = label_axes.head_scopes(filter(None, tasks.values()))
    for name, count in classes.items():
        scope = scopes.get(tasks[name], "")
        with keras.name_scope(scope) if scope else contextlib.nullcontext():
            network = head.build(shape, count)
        if scope:
            network.name = f"{network.name}_{scope}"
        found[name] = network(features)
    return found


def suffix(name: str) -> str:
    """`.place` for `label.place`, empty for `label`."""
    return name.removeprefix(MAIN)
