"""Detects shot boundaries: where the image changes completely.

Uses the detectors of PySceneDetect with our own frames, which are upright and
have exact times at variable rates.
Source: scenedetect.com, ContentDetector and AdaptiveDetector.
"""

import dataclasses
from fractions import Fraction
from typing import Any

import numpy as np

from tfrecords_tools.base import settings

SHORT_SIDE = 144  # Pixels; PySceneDetect itself takes 256 to 511 in width.


@dataclasses.dataclass(frozen=True)
class Config:
    """How shot boundaries are detected."""

    detector: str = settings.setting(
        "adaptive",
        "adaptive: compares each change with its neighbourhood, so that a "
        "fast camera is no cut; content: every change above the threshold "
        "is a cut.",
        choices=("adaptive", "content"),
    )
    threshold: float | None = settings.setting(
        None,
        "Cut threshold. content: mean difference in hue, saturation and "
        "brightness, 0 to 255, usually 27; adaptive: ratio to the changes "
        "around it, usually 3.",
        minimum=0.1,
        maximum=255,
    )
    minimum_seconds: float = settings.setting(
        0.6, "Minimum length of a shot, seconds.", minimum=0, maximum=3600
    )


class Finder:
    """Receives all frames of one video in order of time."""

    def __init__(self, config: Config) -> None:
        # Imported here: half of the workers never need it.
        import scenedetect

        self._package = scenedetect
        self._detector = _detector(scenedetect, config)
        self._found: set[int] = set()
        self._last: Any = None

    def add(self, time: int, image: np.ndarray) -> None:
        """Adds the uint8 [h, w, 3] BGR frame at `time` microseconds."""
        timecode = self._package.common.Timecode(time, Fraction(1, 1_000_000))
        # The rate only matters for lengths counted in frames.
        self._last = self._package.FrameTimecode(timecode, Fraction(25))
        self._keep(self._detector.process_frame(self._last, image))

    def boundaries(self) -> tuple[int, ...]:
        """Returns the starts of new shots, microseconds, in order."""
        if self._last is not None:
            self._keep(self._detector.post_process(self._last))
        return tuple(sorted(self._found))

    def _keep(self, found: list[Any]) -> None:
        self._found.update(each.pts for each in found)


def _detector(package: Any, config: Config) -> Any:
    least = float(config.minimum_seconds)
    if config.detector == "content":
        return package.ContentDetector(config.threshold or 27.0, least)
    return package.AdaptiveDetector(config.threshold or 3.0, least)
