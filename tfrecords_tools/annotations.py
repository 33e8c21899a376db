"""The clip list: one row a clip. `annotation_checks` says what is wrong."""

import dataclasses
import functools
import hashlib
import math
from typing import NamedTuple

from tfrecords_tools.base.text import names

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
        absent: why there is no file to read, where that is known; such a row
            is told in the report and not built.
        is_video: whether it is known to be a video whatever its suffix says,
            since a table names it or files of that suffix were decoded.
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
    # Not in the repr: a stopped build of an earlier version goes on.
    absent: str = dataclasses.field(default="", compare=False, repr=False)
    is_video: bool = dataclasses.field(default=False, compare=False, repr=False)

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


@functools.lru_cache(1 << 16)
def split_labels(label: str) -> tuple[str, ...]:
    """The single labels of `a|b`, normalized; nothing for an empty one."""
    parts = (names.normalized(part) for part in label.split("|"))
    return tuple(dict.fromkeys(part for part in parts if part))


def stored_label(label: str) -> str:
    """`a|b` as it is stored and compared, see `names.normalized`.

    What has nothing that can be seen is not changed, for `check` to refuse.
    """
    return "|".join(split_labels(label)) or label


def hash_place(group: str) -> float:
    """A number in [0, 1) that depends on `group` alone; evenly spread."""
    digest = hashlib.sha256(group.encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def canonical_split(name: str) -> str | None:
    """`validation` for `val`; None where `name` is no name of a split."""
    return SPLIT_NAMES.get(names.normalized(name).lower())
