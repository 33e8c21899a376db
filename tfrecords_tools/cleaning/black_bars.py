"""Crops black bars around the image.

A line belongs to a bar if no frame of the clip ever lights it, so dark scenes
hide no part of the image.
"""

import dataclasses

import numpy as np

from tfrecords_tools import cleaning_step
from tfrecords_tools.base import settings
from tfrecords_tools.media import video_metadata
from tfrecords_tools.media.frames import analysis_frames, filters
from tfrecords_tools.video_analysis import letterbox


@dataclasses.dataclass(frozen=True)
class Config:
    """Threshold for black, and the smallest bar to crop."""

    black: int = settings.setting(
        24,
        "Luma up to this counts as black, 0 to 255 in full range. In dark "
        "clips the limit is a quarter of the brightest luma, at least 8.",
        minimum=0,
        maximum=128,
    )
    least: float = settings.setting(
        0.02,
        "Smallest crop: the fraction of a side that both bars must cover "
        "together.",
        minimum=0,
        maximum=1,
    )


def build(config: Config) -> cleaning_step.Step:
    """Returns the step for one clip."""
    filters.require("crop", "install PyAV from PyPI")
    return _BlackBars(config)


class _BlackBars(cleaning_step.Step):
    place = 30
    frames_per_second = 2.0

    def __init__(self, config: Config) -> None:
        self._config = config
        self._brightest: np.ndarray | None = None
        self._changes = False

    def examine(self, frame: analysis_frames.AnalysisFrame) -> None:
        gray = frame.gray()
        if self._brightest is None:
            self._brightest = gray
        elif self._brightest.shape != gray.shape:
            self._changes = True
        else:
            self._brightest = np.maximum(self._brightest, gray)

    def verdict(
        self, metadata: video_metadata.VideoMetadata
    ) -> cleaning_step.Verdict:
        if self._brightest is None:
            return cleaning_step.Verdict("no frame seen")
        if self._changes:
            return cleaning_step.Verdict("size changes within: not cropped")
        height, width = self._brightest.shape
        box = _even(letterbox.find_image(self._brightest, self._config.black))
        inside = box.right - box.left, box.bottom - box.top
        spare = max(1 - inside[0] / width, 1 - inside[1] / height)
        if spare < max(self._config.least, 1e-9):
            return cleaning_step.Verdict("none")
        sizes = [
            "{}x{}".format(*_upright(s, metadata.rotation))
            for s in (inside, (width, height))
        ]
        # As fractions of a side: frames of another size, decoded before the
        # clip, must not make FFmpeg fail.
        crop = (
            f"w=iw*{inside[0]}/{width}:h=ih*{inside[1]}/{height}"
            f":x=iw*{box.left}/{width}:y=ih*{box.top}/{height}"
        )
        return cleaning_step.Verdict(
            "cropped to {} of {}".format(*sizes), filters=(f"crop={crop}",)
        )


def _even(box: letterbox.Box) -> letterbox.Box:
    """Returns the largest inner box with even corners."""
    left, top = (box.left + 1) // 2 * 2, (box.top + 1) // 2 * 2
    return letterbox.Box(left, top, box.right // 2 * 2, box.bottom // 2 * 2)


def _upright(size: tuple[int, int], rotation: int) -> tuple[int, int]:
    return size[::-1] if rotation % 180 else size
