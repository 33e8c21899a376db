"""Converts a decoded frame to the planes that are stored.

Planes are Y, U and V of 4:2:0, full-range BT.601, upright and in their stored
size, so no frame is ever converted to RGB. FFmpeg scales in the video's own
YUV; frame_colors does the rest.
"""

import dataclasses
from fractions import Fraction
from typing import Any, NamedTuple

import av.video.reformatter as reformatter
import numpy as np

from tfrecords_tools.media.frames import frame_colors, frame_orientation


@dataclasses.dataclass(frozen=True)
class Shape:
    """Size of stored frames.

    Attributes:
        short_side: pixels; larger frames are scaled down to it. None keeps
            the size.
        exact: height and width in pixels, even; overrides `short_side`.
        crop: whether `exact` is reached by cropping, not stretching.
    """

    short_side: int | None = None
    exact: tuple[int, int] | None = None
    crop: bool = True


class Scaler:
    """Converts one video's frames to planes, all in one size."""

    def __init__(self, shape: Shape, aspect: Fraction) -> None:
        """Sets the size to store and the aspect ratio of a pixel."""
        self._shape = shape
        self._aspect = aspect
        self._upright: _Sizes | None = None
        self._sizes = _Sizes((0, 0), (0, 0))
        self._kind: tuple = ()
        self._way = _Way("", False, False)
        self._reformatter = reformatter.VideoReformatter()

    def planes(self, frame: Any) -> list[np.ndarray]:
        """Scales, converts and turns an `av.VideoFrame`.

        Returns:
            uint8 [h, w], [h/2, w/2], [h/2, w/2]; they may be those of the
            frame itself, so they must not be changed.
        """
        orientation = frame_orientation.read_orientation(frame)
        kind = (
            orientation,
            frame.format.name,
            frame.width,
            frame.height,
            frame.colorspace,
            frame.color_range,
        )
        if kind != self._kind:
            self._kind = kind
            if self._upright is None:
                self._upright = self._settled(frame, orientation)
            self._sizes = _Sizes(*map(orientation.size, self._upright))
            self._way = _way(frame, self._sizes.scaled)
        return [orientation.upright(plane) for plane in self._scaled(frame)]

    def _settled(
        self, frame: Any, orientation: frame_orientation.Orientation
    ) -> "_Sizes":
        """Returns the sizes of upright frames, given the first one."""
        shape, size = self._shape, (frame.width, frame.height)
        if shape.exact is None:
            size = stored_size(*size, self._aspect, shape.short_side)
            size = orientation.size(size)
            return _Sizes(size, size)
        exact = shape.exact[::-1]
        if not shape.crop:
            return _Sizes(exact, exact)
        coded = orientation.size(exact)
        covering = covering_size(*size, self._aspect, coded)
        return _Sizes(orientation.size(covering), exact)

    def _scaled(self, frame: Any) -> list[np.ndarray]:
        way = self._way
        if way.kind:
            frame = self._reformat(frame, way)
        planes = [
            np.frombuffer(plane, np.uint8).reshape(plane.height, -1)[
                :, : plane.width
            ]
            for plane in frame.planes[: 1 if way.gray else 3]
        ]
        if self._sizes.scaled != self._sizes.stored:
            planes = _centred(planes, self._sizes.stored)
        if way.gray:
            middle = np.full([side // 2 for side in planes[0].shape], 128)
            planes += [middle.astype(np.uint8)] * 2
        return frame_colors.converted(planes, way.full, way.weights)

    def _reformat(self, frame: Any, way: "_Way") -> Any:
        """Scales; sets both ranges, which swscale would guess."""
        ranges = ("MPEG", "JPEG")
        wide, high = self._sizes.scaled
        larger = wide > frame.width or high > frame.height
        return self._reformatter.reformat(
            frame,
            wide,
            high,
            way.kind,
            dst_colorspace="ITU601" if frame.format.is_rgb else None,
            src_color_range=ranges[way.source_full],
            dst_color_range=ranges[way.full],
            interpolation="BICUBIC" if larger else "AREA",
            threads=1,
        )


def stored_size(
    width: int, height: int, aspect: Fraction, short_side: int | None
) -> tuple[int, int]:
    """Returns the even width and height to store; never scales up."""
    wide, high = width * min(aspect, 1), height / max(aspect, 1)
    scale = min(1, (short_side or min(wide, high)) / min(wide, high))
    half = [int(side * scale / 2 + (scale < 1) / 2) for side in (wide, high)]
    return 2 * max(1, half[0]), 2 * max(1, half[1])


def covering_size(
    width: int, height: int, aspect: Fraction, exact: tuple[int, int]
) -> tuple[int, int]:
    """Returns the smallest even width and height that cover `exact`."""
    wide, high = Fraction(width) * aspect, Fraction(height)
    scale = max(exact[0] / wide, exact[1] / high)
    # The side that fits must come out to the pixel.
    return (
        max(exact[0], 2 * round(wide * scale / 2)),
        max(exact[1], 2 * round(high * scale / 2)),
    )


class _Sizes(NamedTuple):
    """Width and height: scaled to, and cut out of that."""

    scaled: tuple[int, int]
    stored: tuple[int, int]


class _Way(NamedTuple):
    """How frames of one kind become planes.

    Attributes:
        kind: FFmpeg's name of what swscale is to make; "" if it is not used.
        source_full: whether the frame has full range.
        full: whether what swscale makes has.
        weights: of red and blue in its luma.
        gray: whether only luma is taken.
    """

    kind: str
    source_full: bool
    full: bool
    weights: tuple[float, float] = frame_colors.BT601
    gray: bool = False


def _way(frame: Any, size: tuple[int, int]) -> _Way:
    if frame.format.is_rgb or frame.format.has_palette:
        return _Way("yuvj420p", True, True)
    full = frame_colors.is_full(frame)
    if len(frame.format.components) < 3:
        return _Way("gray", full, full, gray=True)
    same = frame.format.name in ("yuv420p", "yuvj420p")
    weights = frame_colors.weights_of(frame)
    if same and size == (frame.width, frame.height):
        return _Way("", full, full, weights)
    # swscale changes the range for nearly nothing where it scales anyway
    # (0.02 ms), and frame_colors is cheaper where it does not.
    kind = frame.format.name if same else "yuv420p"
    return _Way(kind, full, full or weights == frame_colors.BT601, weights)


def _centred(
    planes: list[np.ndarray], size: tuple[int, int]
) -> list[np.ndarray]:
    """Cuts the middle out of planes; `size` is width and height of luma."""
    high, wide = planes[0].shape
    left, top = (wide - size[0]) // 4 * 2, (high - size[1]) // 4 * 2
    cut = []
    for plane in planes:
        part = 1 if plane is planes[0] else 2
        rows = slice(top // part, (top + size[1]) // part)
        columns = slice(left // part, (left + size[0]) // part)
        cut.append(plane[rows, columns])
    return cut
