"""Detects passages with a frozen or blank image.

Compares means of blocks, a sixteenth of the short side wide: noise cancels
within a block, while speaking lips move one. Every frame is examined: at a
few per second the ends of a passage would be known to a quarter of a second,
and the comparison costs a tenth of decoding.
"""

import dataclasses
import math
from typing import NamedTuple

import cv2
import numpy as np

from tfrecords_tools import cleaning_step
from tfrecords_tools.base import settings
from tfrecords_tools.media import video_metadata
from tfrecords_tools.media.frames import analysis_frames

_SHORT_SIDE = 64
_BLOCK = 4

Span = tuple[int, int]


@dataclasses.dataclass(frozen=True)
class Config:
    """Thresholds for frozen and blank frames, and the action."""

    seconds: float = settings.setting(
        2.0,
        "Shortest frozen passage that counts, seconds.",
        minimum=0,
    )
    blank_seconds: float = settings.setting(
        0.5,
        "Shortest blank passage that counts, seconds.",
        minimum=0,
    )
    change: float = settings.setting(
        5.0,
        "A frame is frozen if no block differs from the passage's first "
        "frame by more than this, in levels of 255. Key frames of x264 at "
        "crf 23 differ by up to 4, a face at rest by 4 to 15 within a "
        "second.",
        minimum=0,
        maximum=255,
    )
    contrast: float = settings.setting(
        8.0,
        "A frame is blank if its blocks differ by no more than this, in "
        "levels of 255.",
        minimum=0,
        maximum=255,
    )
    action: str = settings.setting(
        "report",
        "report: only write the column; drop: leave out clips that are "
        "mostly still; cut: leave out the passages, except the first frame "
        "of a frozen one.",
        choices=("report", "drop", "cut"),
    )
    most: float = settings.setting(
        0.5,
        "Largest fraction of a clip that may be still (for drop).",
        minimum=0,
        maximum=1,
    )


def build(config: Config) -> cleaning_step.Step:
    """Returns the step for one clip."""
    return _Still(config)


class _Open(NamedTuple):
    """A passage that may continue."""

    start: int
    end: int
    blocks: np.ndarray


class _Still(cleaning_step.Step):
    frames_per_second = math.inf

    def __init__(self, config: Config) -> None:
        self._config = config
        self._frozen: list[Span] = []
        self._blank: list[Span] = []
        self._held: _Open | None = None
        self._empty: Span | None = None
        self._start: int | None = None
        self._end = 0

    def examine(self, frame: analysis_frames.AnalysisFrame) -> None:
        blocks = _blocks(frame.gray(_SHORT_SIDE))
        if self._start is None:
            self._start = frame.time
        self._end = frame.end_time
        held = self._held
        if held is None or _differ(held.blocks, blocks) > self._config.change:
            self._close_frozen()
            held = _Open(frame.time, frame.end_time, blocks)
        self._held = held._replace(end=frame.end_time)
        if float(np.ptp(blocks)) > self._config.contrast:
            self._close_blank()
        else:
            start = self._empty[0] if self._empty else frame.time
            self._empty = start, frame.end_time

    def verdict(
        self, metadata: video_metadata.VideoMetadata
    ) -> cleaning_step.Verdict:
        self._close_frozen()
        self._close_blank()
        if self._start is None:
            return cleaning_step.Verdict("no frame seen")
        length = max(1, self._end - self._start)
        still = _length(_merged(self._frozen + self._blank))
        if not still:
            return cleaning_step.Verdict("none")
        kinds = {"frozen": self._frozen, "blank": self._blank}
        column = ", ".join(
            f"{kind} {_length(spans) / 1e6:.2f} s"
            for kind, spans in kinds.items()
            if spans
        )
        config, part = self._config, still / length
        column += f", {part:.0%} still"
        if config.action == "cut":
            return self._cut(column)
        if config.action == "drop" and part > config.most:
            reason = f"still: {part:.0%} is more than {config.most:.0%}"
            return cleaning_step.Verdict(column, reason)
        return cleaning_step.Verdict(column)

    def _cut(self, column: str) -> cleaning_step.Verdict:
        # One microsecond later, to keep the first frame.
        repeats = [(start + 1, end) for start, end in self._frozen]
        cut = _merged(repeats + self._blank)
        if (self._start, self._end) in cut:
            return cleaning_step.Verdict(column, "still: blank from end to end")
        return cleaning_step.Verdict(column, left_out=tuple(cut))

    def _close_frozen(self) -> None:
        if self._held is not None:
            span = self._held.start, self._held.end
            if span[1] - span[0] >= self._config.seconds * 1e6:
                self._frozen.append(span)
        self._held = None

    def _close_blank(self) -> None:
        span = self._empty
        if span and span[1] - span[0] >= self._config.blank_seconds * 1e6:
            self._blank.append(span)
        self._empty = None


def _blocks(gray: np.ndarray) -> np.ndarray:
    """Returns float32 means of the blocks."""
    size = [max(1, side // _BLOCK) for side in gray.shape[::-1]]
    return cv2.resize(
        gray.astype(np.float32), size, interpolation=cv2.INTER_AREA
    )


def _differ(one: np.ndarray, other: np.ndarray) -> float:
    if one.shape != other.shape:
        return math.inf
    return float(np.abs(one - other).max())


def _merged(spans: list[Span]) -> list[Span]:
    """Sorts spans and joins those that touch."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            start, end = merged[-1][0], max(end, merged.pop()[1])
        merged.append((start, end))
    return merged


def _length(spans: list[Span]) -> int:
    return sum(end - start for start, end in spans)
