"""Finds where the image changes altogether: cuts from shot to shot.

The detectors are those of PySceneDetect; they are fed with our own frames,
whose times are right for variable rates and which are upright.
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
    """How shots are told from each other."""

    detector: str = settings.setting(
        "adaptive",
        "adaptive compares each change with those around it, so that a fast "
        "camera is no cut; content takes every change above the threshold.",
        choices=("adaptive", "content"),
    )
    threshold: float | None = settings.setting(
        None,
        "How much must change: for content the mean difference in hue, "
        "saturation and brightness, 0 to 255, usually 27; for adaptive how "
        "many times as much as around it, usually 3.",
        minimum=0.1,
        maximum=255,
    )
    minimum_seconds: float = settings.setting(
        0.6, "Shots are at least so long, seconds.", minimum=0, maximum=3600
    )


class Finder:
    """Takes all frames of one video in order of time."""

    def __init__(self, config: Config) -> None:
        # Imported here: half of the tools' workers never need it.
        import scenedetect

        self._package = scenedetect
        self._detector = _detector(scenedetect, config)
        self._found: set[int] = set()
        self._last: Any = None

    def add(self, time: int, image: np.ndarray) -> None:
        """Takes the uint8 [h, w, 3] BGR frame shown at `time` microseconds."""
        timecode = self._package.common.Timecode(time, Fraction(1, 1_000_000))
        # The rate is only asked for where lengths are counted in frames.
        self._last = self._package.FrameTimecode(timecode, Fraction(25))
        self._keep(self._detector.process_frame(self._last, image))

    def boundaries(self) -> tuple[int, ...]:
        """When a new shot begins, microseconds, in order of time."""
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
