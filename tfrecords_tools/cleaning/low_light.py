"""Detects dark clips, and optionally brightens them.

Brightening uses one gamma for the whole clip, so nothing flickers.
"""

import dataclasses
import functools
from collections.abc import Callable

import cv2
import numpy as np

from tfrecords_tools import cleaning_step
from tfrecords_tools.base import settings
from tfrecords_tools.media import video_metadata
from tfrecords_tools.media.frames import analysis_frames, frame_edits
from tfrecords_tools.video_analysis import letterbox

_SHORT_SIDE = 64
_KEPT = 64  # Frames that represent the clip.
_BLACK = 24
_STRETCH = 3.0  # Of colour, at most.


@dataclasses.dataclass(frozen=True)
class Config:
    """Brightness threshold, and the action for dark clips."""

    percentile: float | None = settings.setting(
        None,
        "Percentile of luma over the clip to measure, 0 to 100; unset: the "
        "mean. Black bars are excluded.",
        minimum=0,
        maximum=100,
    )
    dark: float = settings.setting(
        40.0,
        "Clips that measure less are dark, 0 to 255.",
        minimum=0,
        maximum=255,
    )
    action: str = settings.setting(
        "report",
        "report: only write the column; drop: leave out dark clips; "
        "brighten: apply a gamma.",
        choices=("report", "drop", "brighten"),
    )
    target: float = settings.setting(
        90.0,
        "Measured luma of a brightened clip, 0 to 255.",
        minimum=1,
        maximum=254,
    )
    gamma: float = settings.setting(
        0.35,
        "Smallest exponent for brightening; smaller exponents amplify noise.",
        minimum=0.1,
        maximum=1,
    )


def build(config: Config) -> cleaning_step.Step:
    """Returns the step for one clip."""
    return _LowLight(config)


class _LowLight(cleaning_step.Step):
    place = 40
    frames_per_second = 4.0

    def __init__(self, config: Config) -> None:
        self._config = config
        self._kept: list[np.ndarray] = []
        self._seen, self._every = 0, 1

    def examine(self, frame: analysis_frames.AnalysisFrame) -> None:
        if self._seen % self._every == 0:
            self._kept.append(frame.gray(_SHORT_SIDE))
            if len(self._kept) > _KEPT:
                self._kept, self._every = self._kept[::2], 2 * self._every
        self._seen += 1

    def verdict(
        self, metadata: video_metadata.VideoMetadata
    ) -> cleaning_step.Verdict:
        config = self._config
        if not self._kept:
            return cleaning_step.Verdict("no frame seen")
        counts = _histogram(self._kept)
        measure = functools.partial(_measure, counts, config.percentile)
        levels = np.arange(256) / 255
        measured = measure(255 * levels)
        name = "mean" if config.percentile is None else "percentile"
        column = f"{name} {measured:.1f}"
        if measured >= config.dark:
            return cleaning_step.Verdict(column)
        column = f"dark, {column}"
        if config.action == "report":
            return cleaning_step.Verdict(column)
        if config.action == "drop":
            reason = f"dark: {name} {measured:.1f} is below {config.dark:g}"
            return cleaning_step.Verdict(column, reason)
        gamma = _gamma(measure, config.target, config.gamma)
        mean = max(1.0, _measure(counts, None, 255 * levels)) / 255
        # The slope at the mean: colour grows as it would in RGB.
        stretch = min(_STRETCH, max(1.0, gamma * mean ** (gamma - 1)))
        luma = _table(255 * levels**gamma)
        chroma = _table((255 * levels - 128) * stretch + 128)
        return cleaning_step.Verdict(
            f"{column}, gamma {gamma:.3f}",
            retouches=(functools.partial(_brightened, luma, chroma),),
        )


def _histogram(frames: list[np.ndarray]) -> np.ndarray:
    """Returns int64 [256], the luma of the frames without black bars."""
    counts = np.zeros(256, np.int64)
    for shape in sorted({frame.shape for frame in frames}):
        alike = [frame for frame in frames if frame.shape == shape]
        box = letterbox.find_image(np.max(alike, axis=0), _BLACK)
        for frame in alike:
            inside = frame[box.top : box.bottom, box.left : box.right]
            counts += np.bincount(inside.ravel(), minlength=256)
    return counts


def _measure(
    counts: np.ndarray, percentile: float | None, levels: np.ndarray
) -> float:
    """Returns the mean or a percentile of luma mapped by `levels`."""
    if percentile is None:
        return float((counts * levels).sum() / counts.sum())
    summed = np.cumsum(counts)
    place = np.searchsorted(summed, summed[-1] * percentile / 100)
    return float(levels[min(place, 255)])


def _gamma(
    measure: Callable[[np.ndarray], float], target: float, least: float
) -> float:
    """Returns the exponent that reaches the target, by bisection."""
    low, high = least, 1.0
    for _ in range(20):
        middle = (low + high) / 2
        if measure(255 * (np.arange(256) / 255) ** middle) < target:
            high = middle
        else:
            low = middle
    return low


def _table(levels: np.ndarray) -> np.ndarray:
    return np.round(levels).clip(0, 255).astype(np.uint8)


def _brightened(
    luma: np.ndarray, chroma: np.ndarray, planes: frame_edits.Planes
) -> frame_edits.Planes:
    tables = (luma, chroma, chroma)
    return [
        cv2.LUT(np.ascontiguousarray(plane), table)
        for plane, table in zip(planes, tables, strict=True)
    ]
