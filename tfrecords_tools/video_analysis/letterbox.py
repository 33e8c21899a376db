"""Finds the image between black bars above, below or beside it.

An image has straight edges, so that a lamp at night is not mistaken for one.
"""

from typing import NamedTuple

import numpy as np

# Luma of black after encoding.
_NOISE = 8
# Fraction of a line. Encoding adds single lit pixels to bars.
_LIT = 0.01
# Fraction of the image's outermost lines that is lit at some time.
_STRAIGHT = 0.5
# Fraction of a side; the rest of a very dark clip is uninformative.
_LEAST = 0.3


class Box(NamedTuple):
    """A part of an image: pixels from its upper left corner."""

    left: int
    top: int
    right: int
    bottom: int


def find_image(brightest: np.ndarray, black: int) -> Box:
    """Finds the image between black bars.

    Args:
        brightest: uint8 [h, w], the most luma that each pixel ever had.
        black: luma up to this is black; less where all is dark.

    Returns:
        All of it where there are no bars, or where it is too dark to tell.
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
