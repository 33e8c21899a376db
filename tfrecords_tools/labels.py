"""Gives label names their ids: once given, an id never changes."""

from collections.abc import Iterable

from tfrecords_tools import annotations
from tfrecords_tools.base.text import names


def name_all(
    clips: list[annotations.Clip], known: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """All labels; a label's id is its place.

    Args:
        clips: checked rows.
        known: labels that have ids already; new ones come after them.

    Returns:
        Known labels, then sorted those of training, then sorted others. A
        known one is normalized; of several that only look different, one is,
        and the others keep their places without any clip.
    """
    return _ordered(((clip.split, clip.label) for clip in clips), known)


def name_tasks(
    clips: list[annotations.Clip], known: dict[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """The same for each further label set."""
    known = {names.normalized(task): each for task, each in known.items()}
    tasks = {task for clip in clips for task in clip.tasks} | set(known)
    return {
        task: _ordered(
            ((clip.split, clip.tasks.get(task, "")) for clip in clips),
            known.get(task, ()),
        )
        for task in sorted(tasks)
    }


def ids(labels: tuple[str, ...]) -> dict[str, int]:
    """Name to id."""
    return {label: place for place, label in enumerate(labels)}


def count(
    clips: Iterable[annotations.Clip], labels: tuple[str, ...], task: str = ""
) -> dict[str, tuple[int, ...]]:
    """Split to clips of each label, in label order; of a further task's."""
    places = ids(labels)
    counts: dict[str, list[int]] = {}
    for clip in clips:
        row = counts.setdefault(clip.split, [0] * len(labels))
        for name in annotations.split_labels(text_of(clip, task)):
            row[places[name]] += 1
    return {split: tuple(row) for split, row in counts.items()}


def count_without(
    clips: Iterable[annotations.Clip], task: str = ""
) -> dict[str, int]:
    """Split to clips without a label; 0 for one that has none such."""
    counts: dict[str, int] = {}
    for clip in clips:
        missing = not annotations.split_labels(text_of(clip, task))
        counts[clip.split] = counts.get(clip.split, 0) + missing
    return counts


def text_of(clip: annotations.Clip, task: str = "") -> str:
    """`a|b`: what a clip has of the main label set, or of a task's."""
    return clip.tasks.get(task, "") if task else clip.label


def any_several(texts: Iterable[str]) -> bool:
    """Whether some `a|b` names more than one label."""
    return any(len(annotations.split_labels(text)) > 1 for text in texts)


def _ordered(
    rows: Iterable[tuple[str, str]], known: tuple[str, ...]
) -> tuple[str, ...]:
    known = _normalized(known)
    trained, others = set(), set()
    for split, label in rows:
        found = trained if split == "train" else others
        found.update(annotations.split_labels(label))
    trained -= set(known)
    others -= trained | set(known)
    return (*known, *sorted(trained), *sorted(others))


def _normalized(known: tuple[str, ...]) -> tuple[str, ...]:
    """The known labels as those of clips are written; each has its place."""
    found: list[str] = []
    for label in known:
        name = names.normalized(label) or label
        taken = name in found or (name != label and name in known)
        found.append(label if taken else name)
    return tuple(found)
