"""The clip list: one row per clip. `annotation_checks` validates it."""

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
    """A word or sentence with its span, from the video's start."""

    text: str
    start_seconds: float
    end_seconds: float


class Caption(NamedTuple):
    """One of several sentences; its span, from the video's start, if any."""

    text: str
    start_seconds: float | None = None
    end_seconds: float | None = None


class Question(NamedTuple):
    """A question about a clip, and its answer; empty if unknown."""

    text: str
    answer: str


@dataclasses.dataclass(frozen=True, slots=True)
class Clip:
    """One annotated span of one video.

    Attributes:
        path: the video, relative to the video root, with forward slashes.
        label: `a`, or `a|b` for several; empty if there is none.
        split: train, validation or test; empty if it is to be drawn.
        group: a group never spans two splits; empty: the video is its own
            group.
        start_seconds: start of the span; None: start of the video.
        end_seconds: end of the span, exclusive; None: end of the video.
        caption: a sentence.
        words: spoken or displayed words, in order of time; words outside the
            span are ignored.
        tasks: further label sets, task name to label.
        origin: file and line of the row, `labels.csv:12`, for messages.
        absent: why there is no file, if known; such a row is only listed in
            the report.
        is_video: whether it is known to be a video whatever its suffix,
            since a table lists it or files of that suffix were decoded.
        frame_rate: images a second, where the path is that of a folder of
            images; None for a file.
        captions: all sentences, if there are several or if they have spans;
            `caption` is the first.
        questions: about the clip.
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
    # Not in the repr: stopped builds of earlier versions resume.
    absent: str = dataclasses.field(default="", compare=False, repr=False)
    is_video: bool = dataclasses.field(default=False, compare=False, repr=False)
    frame_rate: float | None = dataclasses.field(
        default=None, compare=False, repr=False
    )
    captions: tuple[Caption, ...] = dataclasses.field(default=(), repr=False)
    questions: tuple[Question, ...] = dataclasses.field(default=(), repr=False)

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
    """Returns the clip with another span, and the words and captions in it."""
    end = math.inf if end_seconds is None else end_seconds
    words = tuple(
        word
        for word in clip.words
        if word.start_seconds < end and word.end_seconds > start_seconds
    )
    captions = tuple(
        each
        for each in clip.captions
        if each.start_seconds is None
        or (each.start_seconds < end and each.end_seconds > start_seconds)
    )
    caption = clip.caption
    if clip.captions:
        caption = captions[0].text if captions else ""
    return dataclasses.replace(
        clip,
        start_seconds=start_seconds,
        end_seconds=end_seconds,
        caption=caption,
        words=words,
        captions=captions,
    )


@functools.lru_cache(1 << 16)
def split_labels(label: str) -> tuple[str, ...]:
    """Splits `a|b` into normalized labels; empty for an empty label."""
    parts = (names.normalized(part) for part in label.split("|"))
    return tuple(dict.fromkeys(part for part in parts if part))


def stored_label(label: str) -> str:
    """Normalizes `a|b` for storage and comparison, see `names.normalized`.

    A label without visible characters is unchanged, for `check` to refuse.
    """
    return "|".join(split_labels(label)) or label


def hash_place(group: str) -> float:
    """Hashes `group` to a number in [0, 1), evenly distributed."""
    digest = hashlib.sha256(group.encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def canonical_split(name: str) -> str | None:
    """Returns `validation` for `val`; None for an unknown name."""
    return SPLIT_NAMES.get(names.normalized(name).lower())
