"""Detects clips that are out of focus.

Measure: variance of the Laplacian (Pech-Pacheco et al., "Diatom
autofocusing in brightfield microscopy", ICPR 2000), after a small
Gaussian, divided by the variance of luma. AUC for 66 real clips against the
same clips blurred by sigma 2 with some noise: 0.94; the plain measure has
0.81, that of Crete et al. (2007) 0.50.
"""

import dataclasses
import statistics

import cv2
import numpy as np

from tfrecords_tools import cleaning_step
from tfrecords_tools.base import settings
from tfrecords_tools.media import video_metadata
from tfrecords_tools.media.frames import analysis_frames

_SHORT_SIDE = 256


@dataclasses.dataclass(frozen=True)
class Config:
    """Sharpness threshold, and the action for blurred clips."""

    sharpness: float = settings.setting(
        6.0,
        "Clips below this sharpness are blurred. Sharpness is the median, "
        "over the clip at short side 256, of the energy of the Laplacian in "
        "thousandths of the variance of luma. Real clips mostly have 14 to "
        "100; blurred by sigma 2 they have 3.",
        minimum=0,
    )
    action: str = settings.setting(
        "report",
        "report: only write the column; drop: leave out blurred clips.",
        choices=("report", "drop"),
    )


def build(config: Config) -> cleaning_step.Step:
    """Returns the step for one clip."""
    return _Blur(config)


def _sharpness(gray: np.ndarray) -> float:
    """Energy of the Laplacian in thousandths of the variance.

    Args:
        gray: uint8 [h, w], comparable only at the same scale.

    Returns:
        About 30 for a sharp image; 0 without any contrast.
    """
    variance = float(gray.astype(np.float32).var())
    if variance < 1:
        return 0.0
    smooth = cv2.GaussianBlur(gray, (3, 3), 0)
    edges = cv2.Laplacian(smooth, cv2.CV_16S, ksize=1)
    return 1000 * float(edges.astype(np.float32).var()) / variance


class _Blur(cleaning_step.Step):
    frames_per_second = 2.0

    def __init__(self, config: Config) -> None:
        self._config = config
        self._found: list[float] = []

    def examine(self, frame: analysis_frames.AnalysisFrame) -> None:
        self._found.append(_sharpness(frame.gray(_SHORT_SIDE)))

    def verdict(
        self, metadata: video_metadata.VideoMetadata
    ) -> cleaning_step.Verdict:
        if not self._found:
            return cleaning_step.Verdict("no frame seen")
        measured, least = statistics.median(self._found), self._config.sharpness
        if measured >= least:
            return cleaning_step.Verdict(f"sharpness {measured:.1f}")
        column = f"blurred, sharpness {measured:.1f}"
        dropped = ""
        if self._config.action == "drop":
            dropped = f"blurred: sharpness {measured:.1f} is below {least:g}"
        return cleaning_step.Verdict(column, dropped)
