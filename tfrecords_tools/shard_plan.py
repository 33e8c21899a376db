"""Assigns clips to shards, from the rows alone.

Nothing is decoded, so equal rows and files give equal shards on every
engine.
"""

import dataclasses
import hashlib
import math
import pathlib
import re
from collections import Counter

from tfrecords_tools import annotations
from tfrecords_tools.base import settings
from tfrecords_tools.base.files import path_state

_GROWTH = {"jpeg": 13.0, "h264": 1.7, "h265": 1.1}
NAME = re.compile(r"[a-z]+-\d{5}-of-\d{5}\.(tfrecord|index)")


@dataclasses.dataclass(frozen=True)
class Config:
    """How clips are distributed over shards."""

    size_mb: float = settings.setting(
        256, "Approximate size of a shard, MB.", minimum=0.001
    )
    minimum: int = settings.setting(
        4,
        "Minimum number of shards per split, unless it has fewer clips.",
        minimum=1,
    )
    growth: float | None = settings.setting(
        None,
        "Expected bytes of records per byte of video; only affects the "
        "number of shards. Unset: 13 for jpeg, 1.7 for h264, 1.1 for h265.",
        minimum=0.001,
    )
    chunk_frames: int = settings.setting(
        64, "Maximum frames per record (chunk).", minimum=1
    )


@dataclasses.dataclass(frozen=True)
class Planned:
    """One shard to write.

    Attributes:
        name: file name, `train-00000-of-00004.tfrecord`.
        split: train, validation or test.
        clips: index within the split, and the clip.
    """

    name: str
    split: str
    clips: tuple[tuple[int, annotations.Clip], ...]


def plan(
    clips: list[annotations.Clip],
    root: pathlib.Path,
    config: Config,
    storage: str = "jpeg",
) -> list[Planned]:
    """Shuffles and numbers the clips of each split, and cuts that order.

    Args:
        clips: checked rows, each with a split.
        root: folder of the videos; their sizes determine the number of shards.
        config: sizes of shards.
        storage: how frames will be stored.

    Returns:
        All shards: splits in the order of `annotations.SPLITS`.
    """
    sharing = Counter(clip.path for clip in clips)
    images = {clip.path for clip in clips if clip.frame_rate is not None}
    bytes_of = {path: _size(root / path) / sharing[path] for path in sharing}
    # Images of a folder are stored in about as many bytes as they have.
    bytes_of |= {path: bytes_of[path] / _GROWTH["jpeg"] for path in images}
    growth = config.growth or _GROWTH[storage]
    shards = []
    for split in annotations.SPLITS:
        inside = [clip for clip in clips if clip.split == split]
        expected = growth * sum(bytes_of[clip.path] for clip in inside)
        count = math.ceil(expected / (config.size_mb * 1_000_000))
        count = min(max(count, config.minimum), len(inside))
        numbered = list(enumerate(sorted(inside, key=_order)))
        for number in range(count):
            first = len(inside) * number // count
            last = len(inside) * (number + 1) // count
            name = f"{split}-{number:05d}-of-{count:05d}.tfrecord"
            shards.append(Planned(name, split, tuple(numbered[first:last])))
    return shards


def name_of(clip: annotations.Clip) -> str:
    """Returns a stable name: path without suffix, and the span if any."""
    stem = clip.path
    if clip.frame_rate is None:  # The name of a folder has no suffix.
        stem = stem.removesuffix(pathlib.PurePosixPath(stem).suffix)
    if clip.start_seconds is None and clip.end_seconds is None:
        return stem
    ends = (clip.start_seconds or 0.0, clip.end_seconds)
    return f"{stem}@" + "-".join(map(_time_text, ends))


def _time_text(seconds: float | None) -> str:
    """Formats seconds to the microsecond, without trailing zeros."""
    return "" if seconds is None else f"{seconds:.6f}".rstrip("0").rstrip(".")


def _order(clip: annotations.Clip) -> bytes:
    identity = repr((clip.path, clip.start_seconds, clip.end_seconds))
    return hashlib.sha256(identity.encode()).digest()


def _size(path: pathlib.Path) -> int:
    return path_state.read(path).size if path.exists() else 0
