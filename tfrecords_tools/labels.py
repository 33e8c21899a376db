"""Assigns ids to label names; an assigned id never changes."""

from collections.abc import Iterable

from tfrecords_tools import annotations
from tfrecords_tools.base.text import names


def name_all(
    clips: list[annotations.Clip], known: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Returns all labels; the id of a label is its index.

    Args:
        clips: checked rows.
        known: labels that already have ids; new ones follow.

    Returns:
        Known labels, then training labels, then others, each sorted. Known
        labels are normalized; if several become equal, one is, and the
        others keep their ids without clips.
    """
    return _ordered(((clip.split, clip.label) for clip in clips), known)


def name_tasks(
    clips: list[annotations.Clip], known: dict[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Same as `name_all`, for each further label set."""
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
    """Maps names to ids."""
    return {label: place for place, label in enumerate(labels)}


def count(
    clips: Iterable[annotations.Clip], labels: tuple[str, ...], task: str = ""
) -> dict[str, tuple[int, ...]]:
    """Counts the clips of each label, by split; optionally of a task."""
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
    """Counts the clips without a label, by split."""
    counts: dict[str, int] = {}
    for clip in clips:
        missing = not annotations.split_labels(text_of(clip, task))
        counts[clip.split] = counts.get(clip.split, 0) + missing
    return counts


def text_of(clip: annotations.Clip, task: str = "") -> str:
    """Returns the label `a|b` of a clip, in the main set or of a task."""
    return clip.tasks.get(task, "") if task else clip.label


def any_several(texts: Iterable[str]) -> bool:
    """Whether any `a|b` has more than one label."""
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
    """Returns known labels in the spelling of the clips, at their ids."""
    found: list[str] = []
    for label in known:
        name = names.normalized(label) or label
        taken = name in found or (name != label and name in known)
        found.append(label if taken else name)
    return tuple(found)
