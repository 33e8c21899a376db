"""The clip list: one row a clip, checked before any video is opened."""

import dataclasses
import hashlib
import math
import os
import pathlib
from typing import NamedTuple

from tfrecords_tools.base import errors

SPLITS = ("train", "validation", "test")
SPLIT_NAMES = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
}


class Word(NamedTuple):
    """A word or sentence and when it is said, seconds from the video's start."""

    text: str
    start_seconds: float
    end_seconds: float


@dataclasses.dataclass(frozen=True)
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
        words: what is said or shown as text, in order of time; of the whole
            video, whatever the span.
        tasks: further label sets, task name to label.
        origin: where the row stood, `labels.csv:12`, for messages.
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


def split_labels(label: str) -> tuple[str, ...]:
    """The single labels of `a|b`; nothing for an empty one."""
    return tuple(part.strip() for part in label.split("|") if part.strip())


def draw_split(group: str) -> str:
    """train, validation or test in 8:1:1, from a hash of `group` alone."""
    digest = hashlib.sha256(group.encode()).digest()
    place = int.from_bytes(digest[:8], "big") / 2**64
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
        root: folder where every video must stand; None does not look.

    Returns:
        The clips in their order, each with a canonical split and group.

    Raises:
        UserError: names every faulty row with its origin, not only the first.
    """
    settled, found = _examined(clips, root)
    if not clips:
        found.append("no clips: the source listed nothing")
    if found:
        raise errors.UserError("\n".join(found))
    return settled


def faults(clips: list[Clip]) -> list[str]:
    """What `check` would complain about, one line a faulty row."""
    return _examined(clips, None)[1]


def _examined(
    clips: list[Clip], root: str | os.PathLike | None
) -> tuple[list[Clip], list[str]]:
    found, settled, places = [], [], {}
    splits: dict[str, tuple[str, str]] = {}
    for clip in clips:
        try:
            clip = _settled(clip)
            if root is not None and not os.path.exists(_under(root, clip)):
                raise ValueError(f"no file {_under(root, clip)}")
            if root is not None and os.path.isdir(_under(root, clip)):
                raise ValueError(f"{_under(root, clip)} is a folder")
            _once(clip, places)
            _one_split_a_group(clip, splits)
            settled.append(clip)
        except ValueError as error:
            found.append(f"{clip.origin or clip.path}: {error}")
    return settled, found


def _under(root: str | os.PathLike, clip: Clip) -> pathlib.Path:
    return pathlib.Path(root) / clip.path


def _settled(clip: Clip) -> Clip:
    if not clip.path:
        raise ValueError("the path is empty")
    try:
        clip.path.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"path {clip.path!r} is not UTF-8: rename the file"
        ) from error
    parts = pathlib.PurePosixPath(clip.path)
    if parts.is_absolute() or ".." in parts.parts:
        raise ValueError(f"path {clip.path!r} leaves the video root")
    for label in (clip.label, *clip.tasks.values()):
        if not label.isprintable():
            raise ValueError(f"label {label!r} has a line break or the like")
    start, end = clip.start_seconds, clip.end_seconds
    for name, value in (("start_seconds", start), ("end_seconds", end)):
        if value is not None and not (math.isfinite(value) and value >= 0):
            raise ValueError(f"{name} {value} is not a time from 0 on")
    if end is not None and end <= (start or 0.0):
        raise ValueError(f"end_seconds {end} is not after start {start or 0}")
    group = clip.group or clip.path
    split = canonical_split(clip.split)
    if clip.split and split is None:
        raise ValueError(
            f"split {clip.split!r}: wanted train, validation (val, valid, "
            "dev), test, or nothing to have it drawn"
        )
    return dataclasses.replace(
        clip, split=split or draw_split(group), group=group
    )


def _once(clip: Clip, places: dict) -> None:
    key = (clip.path, clip.start_seconds, clip.end_seconds)
    if key in places:
        raise ValueError(f"the same clip stands at {places[key]}: remove one")
    places[key] = clip.origin or clip.path


def _one_split_a_group(clip: Clip, splits: dict) -> None:
    for kind, key in (("group", clip.group), ("video", clip.path)):
        name = f"{kind} {key!r}"
        split, origin = splits.setdefault(name, (clip.split, clip.origin))
        if split != clip.split:
            raise ValueError(
                f"{name} stands in {clip.split} here and in {split} at "
                f"{origin or 'another row'}: give it one split"
            )
