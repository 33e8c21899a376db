"""Crops black bars above, below or beside the picture.

A line is bar where no frame of the clip ever lights it, so dark scenes do
not hide a part of the picture; and the picture must begin with a straight
edge, so a lamp in the night is not cropped to.
"""

import dataclasses
from typing import NamedTuple

import numpy as np

from tfrecords_tools import cleaning_step
from tfrecords_tools.base import settings
from tfrecords_tools.media import video_facts
from tfrecords_tools.media.frames import filters, looks

# What coding makes of black, luma.
_NOISE = 8
# Of the length of a line. Coding throws single lit pixels into bars.
_LIT = 0.01
# Of the length of the picture's outermost lines, lit at some time.
_STRAIGHT = 0.5
# Of the side. What is left of a very dark clip tells nothing.
_LEAST = 0.3


@dataclasses.dataclass(frozen=True)
class Config:
    """What counts as black, and how large a bar must be."""

    black: int = settings.setting(
        24,
        "Luma up to this is black, 0 to 255 in full range; in a dark clip it "
        "is a quarter of the brightest, but no less than 8.",
        minimum=0,
        maximum=128,
    )
    least: float = settings.setting(
        0.02,
        "Bars narrower than this part of the side, both together, stay.",
        minimum=0,
        maximum=1,
    )


class Box(NamedTuple):
    """A part of the picture: pixels from its upper left corner."""

    left: int
    top: int
    right: int
    bottom: int


def build(config: Config) -> cleaning_step.Step:
    """The step for one clip."""
    filters.require("crop", "install PyAV from PyPI")
    return _BlackBars(config)


def picture_in(brightest: np.ndarray, black: int) -> Box:
    """Where the picture stands between black bars.

    Args:
        brightest: uint8 [h, w], the most luma that each pixel ever had.
        black: luma up to this is black; less where all is dark.

    Returns:
        The whole where there are no bars, or where it is too dark to tell.
    """
    height, width = brightest.shape
    whole = Box(0, 0, width, height)
    lit = brightest > min(black, max(_NOISE, int(brightest.max()) // 4))
    rows = np.flatnonzero(lit.mean(axis=1) > _LIT)
    columns = np.flatnonzero(lit.mean(axis=0) > _LIT)
    if not len(rows) or not len(columns):
        return whole
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    left, right = int(columns[0]), int(columns[-1]) + 1
    inside = lit[top:bottom, left:right]
    if min(inside.shape[0] / height, inside.shape[1] / width) < _LEAST:
        return whole
    # Coding blurs the outermost lines, so a few are taken together.
    few = max(2, min(height, width) // 100)
    return Box(
        left if _is_straight(inside[:, :few], 1) else 0,
        top if _is_straight(inside[:few], 0) else 0,
        right if _is_straight(inside[:, -few:], 1) else width,
        bottom if _is_straight(inside[-few:], 0) else height,
    )


def _is_straight(edge: np.ndarray, axis: int) -> bool:
    return float(edge.any(axis=axis).mean()) >= _STRAIGHT


class _BlackBars(cleaning_step.Step):
    place = 30
    looks_a_second = 2.0

    def __init__(self, config: Config) -> None:
        self._config = config
        self._brightest: np.ndarray | None = None
        self._changes = False

    def see(self, look: looks.Look) -> None:
        gray = look.gray()
        if self._brightest is None:
            self._brightest = gray
        elif self._brightest.shape != gray.shape:
            self._changes = True
        else:
            self._brightest = np.maximum(self._brightest, gray)

    def verdict(self, facts: video_facts.Facts) -> cleaning_step.Verdict:
        if self._brightest is None:
            return cleaning_step.Verdict("no frame seen")
        if self._changes:
            return cleaning_step.Verdict("size changes within: not cropped")
        height, width = self._brightest.shape
        box = _even(picture_in(self._brightest, self._config.black))
        inside = box.right - box.left, box.bottom - box.top
        spare = max(1 - inside[0] / width, 1 - inside[1] / height)
        if spare < max(self._config.least, 1e-9):
            return cleaning_step.Verdict("none")
        sizes = [
            "{}x{}".format(*_upright(s, facts.rotation))
            for s in (inside, (width, height))
        ]
        # Named in parts of the side: frames of another size, in what is
        # decoded before the clip, must not make FFmpeg fail.
        crop = (
            f"w=iw*{inside[0]}/{width}:h=ih*{inside[1]}/{height}"
            f":x=iw*{box.left}/{width}:y=ih*{box.top}/{height}"
        )
        return cleaning_step.Verdict(
            "cropped to {} of {}".format(*sizes), filters=(f"crop={crop}",)
        )


def _even(box: Box) -> Box:
    """The largest box inside with even corners."""
    left, top = (box.left + 1) // 2 * 2, (box.top + 1) // 2 * 2
    return Box(left, top, box.right // 2 * 2, box.bottom // 2 * 2)


def _upright(size: tuple[int, int], rotation: int) -> tuple[int, int]:
    return size[::-1] if rotation % 180 else size
