"""Gives label names their ids: once given, an id never changes."""

from collections.abc import Iterable

from tfrecords_tools import annotations


def name_all(
    clips: list[annotations.Clip], known: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """All labels; a label's id is its place.

    Args:
        clips: checked rows.
        known: labels that have ids already; new ones come after them.

    Returns:
        Known labels, then sorted those of training, then sorted others.
    """
    return _ordered(((clip.split, clip.label) for clip in clips), known)


def name_tasks(
    clips: list[annotations.Clip], known: dict[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """The same for each further label set."""
    names = {task for clip in clips for task in clip.tasks} | set(known)
    return {
        task: _ordered(
            ((clip.split, clip.tasks.get(task, "")) for clip in clips),
            known.get(task, ()),
        )
        for task in sorted(names)
    }


def ids(names: tuple[str, ...]) -> dict[str, int]:
    """Name to id."""
    return {name: place for place, name in enumerate(names)}


def count(
    clips: Iterable[annotations.Clip], names: tuple[str, ...]
) -> dict[str, tuple[int, ...]]:
    """Split to clips of each label, in label order."""
    places = ids(names)
    counts: dict[str, list[int]] = {}
    for clip in clips:
        row = counts.setdefault(clip.split, [0] * len(names))
        for name in annotations.split_labels(clip.label):
            row[places[name]] += 1
    return {split: tuple(row) for split, row in counts.items()}


def any_several(texts: Iterable[str]) -> bool:
    """Whether some `a|b` names more than one label."""
    return any(len(annotations.split_labels(text)) > 1 for text in texts)


def _ordered(
    rows: Iterable[tuple[str, str]], known: tuple[str, ...]
) -> tuple[str, ...]:
    trained, others = set(), set()
    for split, label in rows:
        found = trained if split == "train" else others
        found.update(annotations.split_labels(label))
    trained -= set(known)
    others -= trained | set(known)
    return (*known, *sorted(trained), *sorted(others))
