"""Finds the label axis of a weight by the weight's name.

Last layers of classifiers are named `logits`, with a column per label. Label
embeddings, with a row per label, are named `label_vector` in generators and
`of_label` in discriminators. Embeddings of tokens, `stem_tokens`, have a row
per word. A contract test checks all components.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pipelines import batch
from tfrecords_tools.base import registry
from video_models import objective

MAIN = ""  # The name of the main label set among those of tasks.
WORDS = " words"  # That of tokens; names of tasks begin with no blank.
LabelSets = Mapping[str, tuple[str, ...]]
_ONE_COLUMN = ("logits",)
_ONE_ROW = ("label_vector", "of_label")
_KERNEL = ("kernel", "0")


class Axis(NamedTuple):
    """An axis of a weight and the labels along it."""

    number: int
    labels: tuple[str, ...]


def label_sets(task: objective.Task) -> dict[str, tuple[str, ...]]:
    """Returns all label sets of the data, by task."""
    further = {name: each.labels for name, each in task.tasks.items()}
    return {MAIN: task.labels, **further, **words_of(task.text)}


def words_of(text: batch.TextSpec | None) -> dict[str, tuple[str, ...]]:
    """Returns names of all tokens as a label set; empty if they are unknown."""
    if text is None or not text.words:
        return {}
    specials = [f"special token {place}" for place in range(text.specials)]
    return {WORDS: (*specials, *text.words)}


def head_scopes(tasks: Iterable[str]) -> dict[str, str]:
    """Returns the name suffix of each task's head."""
    scopes: dict[str, str] = {}
    for task in tasks:
        scope = re.sub(r"\W", "_", task)
        if scope in scopes.values():
            scope = f"{scope}_{len(scopes) + 1}"
        scopes[task] = scope
    return scopes


def find_axis(
    path: str, shape: tuple[int, ...], sets: LabelSets
) -> Axis | None:
    """Returns the label axis of a weight, or None.

    Args:
        path: path such as `classifier/video_network/classifier/logits/bias`.
        shape: shape of the weight.
        sets: the labels of its network's data.
    """
    *within, layer, weight = ["", "", *path.split("/")]
    if layer in _ONE_COLUMN:
        number, labels = len(shape) - 1, sets.get(_task(within[-1], sets), ())
    elif layer in _ONE_ROW and weight in _KERNEL:
        number, labels = 0, sets.get(MAIN, ())
    elif layer == "stem_tokens" and weight in ("table", "0"):
        number, labels = 0, sets.get(WORDS, ())
    else:
        return None
    fits = bool(labels) and bool(shape) and shape[number] == len(labels)
    return Axis(number, tuple(labels)) if fits else None


def _task(head: str, sets: LabelSets) -> str:
    """Returns the task of a head, from its name."""
    heads = registry.names_in("video_models.heads")
    for task, scope in head_scopes(
        name for name in sets if name not in (MAIN, WORDS)
    ).items():
        if scope and head.removesuffix(f"_{scope}") in heads:
            if head.endswith(f"_{scope}"):
                return task
    return MAIN
