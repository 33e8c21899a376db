"""The clip list: one row a clip, checked before any video is opened."""

import dataclasses
import hashlib
import math
import os
import posixpath
from typing import NamedTuple

from tfrecords_tools.base import errors
from tfrecords_tools.listing import annotation_text, video_root

SPLITS = ("train", "validation", "test")
SPLIT_NAMES = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "validate": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
}


class Word(NamedTuple):
    """A word or sentence and when it is said, from the video's start."""

    text: str
    start_seconds: float
    end_seconds: float


@dataclasses.dataclass(frozen=True, slots=True)
class Clip:
    """One annotated span of one video.

    Attributes:
        path: the video, relative to the video root, with forward slashes.
        label: `a`, or `a|b` for several; empty where there is none.
        split: train, validation or test; empty where it is to be drawn.
        group: clips of one group never stand in two splits; empty means
            that the video is its own group.
        start_seconds: where the span starts; None is the video's start.
        end_seconds: where it ends, exclusive; None is the video's end.
        caption: a sentence.
        words: what is said or shown as text, in order of time; those outside
            of the span do not count.
        tasks: further label sets, task name to label.
        origin: where the row stood, `labels.csv:12`, for messages.
        drawn: whether `check` drew the split; `splits.settle` may change it.
    """

    path: str
    label: str = ""
    split: str = ""
    group: str = ""
    start_seconds: float | None = None
    end_seconds: float | None = None
    caption: str = ""
    words: tuple[Word, ...] = ()
    tasks: dict[str, str] = dataclasses.field(default_factory=dict)
    origin: str = dataclasses.field(default="", compare=False)
    drawn: bool = dataclasses.field(default=False, compare=False)

    @property
    def span(self) -> tuple[int, int | None]:
        """Start and end, microseconds; None is the video's end."""
        end = self.end_seconds
        return (
            round((self.start_seconds or 0) * 1_000_000),
            None if end is None else round(end * 1_000_000),
        )


def spanned(
    clip: Clip, start_seconds: float, end_seconds: float | None
) -> Clip:
    """The clip with another span, and the words said within it."""
    end = math.inf if end_seconds is None else end_seconds
    words = tuple(
        word
        for word in clip.words
        if word.start_seconds < end and word.end_seconds > start_seconds
    )
    return dataclasses.replace(
        clip, start_seconds=start_seconds, end_seconds=end_seconds, words=words
    )


def split_labels(label: str) -> tuple[str, ...]:
    """The single labels of `a|b`; nothing for an empty one."""
    return tuple(part.strip() for part in label.split("|") if part.strip())


def hash_place(group: str) -> float:
    """A number in [0, 1) that depends on `group` alone; evenly spread."""
    digest = hashlib.sha256(group.encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def draw_split(group: str) -> str:
    """train, validation or test in 8:1:1, from a hash of `group` alone."""
    place = hash_place(group)
    return "train" if place < 0.8 else "validation" if place < 0.9 else "test"


def canonical_split(name: str) -> str | None:
    """`validation` for `val`; None where `name` is no name of a split."""
    return SPLIT_NAMES.get(name.lower())


def check(
    clips: list[Clip], root: str | os.PathLike | None = None
) -> list[Clip]:
    """Checks every row and settles its split.

    Args:
        clips: the rows.
        root: folder where every video must stand; None does not look. A
            link that leads out of it is refused, one within it is not.

    Returns:
        The clips in their order, each with a canonical split, group and
        path (`a/b.mp4` for `./a//b.mp4`).

    Raises:
        UserError: names every faulty row with its origin, not only the first.
    """
    settled, found = _examined(clips, root)
    if not clips:
        found.append("no clips: the source listed nothing")
    if found:
        raise errors.UserError("\n".join(found))
    return settled


def faults(
    clips: list[Clip], root: str | os.PathLike | None = None
) -> list[str]:
    """What `check` would complain about, one line a faulty row."""
    return _examined(clips, root)[1]


class FaultyRows(errors.UserError):
    """A table of which some rows cannot be read.

    Attributes:
        found: what is wrong with those.
        clips: the other rows, not checked yet.
    """

    def __init__(self, found: list[str], clips: list[Clip]) -> None:
        super().__init__(found, clips)
        self.found, self.clips = found, clips

    def __str__(self) -> str:
        return "\n".join(self.all())

    def all(self, root: str | os.PathLike | None = None) -> list[str]:
        """All faults, with those of the other rows, in order of lines."""
        found = self.found + faults(self.clips, root)
        return sorted(found, key=annotation_text.place_of)


def _examined(
    clips: list[Clip], root: str | os.PathLike | None
) -> tuple[list[Clip], list[str]]:
    found, settled = [], []
    examiner = _Examiner(root)
    for clip in clips:
        clip, wrong = examiner.examined(clip)
        if wrong:
            found.append(f"{clip.origin or clip.path}: {'; '.join(wrong)}")
        else:
            settled.append(clip)
    return settled, found


class _Examiner:
    """Looks at one row after another; a path or a label is judged once."""

    def __init__(self, root: str | os.PathLike | None) -> None:
        self._root = None if root is None else video_root.VideoRoot(root)
        self._paths: dict[str, tuple[str, str]] = {}
        self._labels: dict[str, str] = {}
        self._drawn: dict[str, str] = {}
        self._spans: dict[tuple, Clip] = {}
        self._groups: dict[str, Clip] = {}
        self._videos: dict[str, Clip] = {}

    def examined(self, clip: Clip) -> tuple[Clip, list[str]]:
        """The settled clip and what is wrong with it."""
        if clip.path not in self._paths:
            self._paths[clip.path] = self._judged(clip.path)
        path, fault = self._paths[clip.path]
        wrong = [fault] if fault else []
        for label in (clip.label, *clip.tasks.values()):
            if label not in self._labels:
                self._labels[label] = _label_fault(label)
            if self._labels[label]:
                wrong.append(self._labels[label])
        if clip.start_seconds is not None or clip.end_seconds is not None:
            wrong += _span_faults(clip.start_seconds, clip.end_seconds)
        split, group = canonical_split(clip.split), clip.group or path
        if clip.split and split is None:
            wrong.append(_unknown_split(clip.split))
        clip = _with(clip, path, split or self._draw(group), group)
        if path:
            wrong += self._clashes(clip)
        return clip, wrong

    def _judged(self, path: str) -> tuple[str, str]:
        fault = video_root.path_fault(path)
        if fault:
            return path, fault
        path = posixpath.normpath(path)
        return path, self._root.fault(path) if self._root else ""

    def _draw(self, group: str) -> str:
        if group not in self._drawn:
            # What is no UTF-8 is refused already, but must not stop here.
            safe = group.encode(errors="replace").decode()
            self._drawn[group] = draw_split(safe)
        return self._drawn[group]

    def _clashes(self, clip: Clip) -> list[str]:
        """How the row and an earlier one contradict each other."""
        wrong = []
        span = (clip.path, clip.start_seconds, clip.end_seconds)
        first = self._spans.setdefault(span, clip)
        if first is not clip:
            place = first.origin or first.path
            wrong.append(f"the same clip stands at {place}: remove one")
        for kind, key, known in (
            ("group", clip.group, self._groups),
            ("video", clip.path, self._videos),
        ):
            first = known.setdefault(key, clip)
            if first.split != clip.split:
                wrong.append(
                    f"{kind} {key!r} stands in {clip.split} here and in "
                    f"{first.split} at {first.origin or 'another row'}: give "
                    "it one split"
                )
                break
        return wrong


def _with(clip: Clip, path: str, split: str, group: str) -> Clip:
    if (clip.path, clip.split, clip.group) == (path, split, group):
        return clip
    return Clip(
        path,
        clip.label,
        split,
        group,
        clip.start_seconds,
        clip.end_seconds,
        clip.caption,
        clip.words,
        clip.tasks,
        clip.origin,
        clip.drawn or not clip.split,
    )


def _label_fault(label: str) -> str:
    if label.isprintable():
        return ""
    return f"label {label!r} has a line break or the like"


def _span_faults(start: float | None, end: float | None) -> list[str]:
    wrong = [
        f"{name} {value} is not a time from 0 on"
        for name, value in (("start_seconds", start), ("end_seconds", end))
        if value is not None and not (math.isfinite(value) and value >= 0)
    ]
    if not wrong and end is not None and end <= (start or 0.0):
        wrong.append(f"end_seconds {end} is not after start {start or 0}")
    return wrong


def _unknown_split(name: str) -> str:
    return (
        f"split {name!r}: wanted train, validation (val, valid, dev), test, "
        "or nothing to have it drawn"
    )
