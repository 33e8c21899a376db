"""What is done to the pictures of one clip before they are stored."""

import dataclasses
from collections.abc import Callable

import numpy as np

Planes = list[np.ndarray]


@dataclasses.dataclass(frozen=True)
class Treatment:
    """What cleaning decided about one clip; made and used in one process.

    Attributes:
        filters: FFmpeg filters, `nlmeans=s=5`, for the decoded pictures, in
            order.
        left_out: spans `(start, end)` in microseconds that are not stored.
        retouches: functions of the stored picture: uint8 planes Y, U, V,
            full-range BT.601 4:2:0, upright, in their stored size; they give
            planes of the same shapes.
    """

    filters: tuple[str, ...] = ()
    left_out: tuple[tuple[int, int], ...] = ()
    retouches: tuple[Callable[[Planes], Planes], ...] = ()


NONE = Treatment()
