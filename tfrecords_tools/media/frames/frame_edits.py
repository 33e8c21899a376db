"""Edits that cleaning applies to the frames of one clip before storing."""

import dataclasses
from collections.abc import Callable

import numpy as np

Planes = list[np.ndarray]
Retouch = Callable[[Planes], Planes]


@dataclasses.dataclass(frozen=True)
class FrameEdits:
    """Edits of one clip; created and used within one process.

    Attributes:
        filters: FFmpeg filters such as `nlmeans=s=5`, applied in order to the
            decoded frames.
        left_out: spans `(start, end)` in microseconds that are not stored.
        retouches: functions applied to each frame before it is encoded. They
            map uint8 planes Y, U, V (full-range BT.601 4:2:0, upright, in
            their stored size) to planes of the same shapes.
    """

    filters: tuple[str, ...] = ()
    left_out: tuple[tuple[int, int], ...] = ()
    retouches: tuple[Retouch, ...] = ()


NONE = FrameEdits()
