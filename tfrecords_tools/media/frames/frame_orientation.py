"""How coded frames are rotated and mirrored to become upright.

A display matrix [a b 0; c d 0; x y w] shows the coded pixel (x, y), y
downwards, at (a x + c y, b x + d y). An angle alone does not describe it: a
negative determinant is a mirror.

Source: ISO/IEC 14496-12, 6.2.2. Decided as FFmpeg's commands and ffplay do,
except that an angle between the quarter turns is ignored, as by browsers.
"""

import math
import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

import av.sidedata.sidedata as sidedata
import cv2
import numpy as np

_TOLERANCE = 1.0  # Degrees; files round sines and cosines.


class Orientation(NamedTuple):
    """One of eight orientations; operations apply in this order.

    Attributes:
        transposed: rows become columns.
        rows_flipped: the first row becomes the last one.
        columns_flipped: the first column becomes the last one.
    """

    transposed: bool = False
    rows_flipped: bool = False
    columns_flipped: bool = False

    @property
    def mirrored(self) -> bool:
        """Whether text in the coded frame reads backwards."""
        return self.transposed ^ self.rows_flipped ^ self.columns_flipped

    @property
    def rotation(self) -> int:
        """Degrees counter-clockwise, applied after mirroring."""
        if self.transposed:
            return 270 if self.columns_flipped else 90
        return 180 if self.rows_flipped else 0

    def upright(self, image: np.ndarray) -> np.ndarray:
        """Turns [h, w] or [h, w, C]; returns the same array if upright."""
        if self.transposed:
            image = cv2.transpose(image)
        if self.rows_flipped or self.columns_flipped:
            both = self.rows_flipped and self.columns_flipped
            image = cv2.flip(image, -1 if both else int(self.columns_flipped))
        return image

    def size(self, size: tuple[int, int]) -> tuple[int, int]:
        """Converts two sides of a frame from coded to upright, or back."""
        return size[::-1] if self.transposed else size


UPRIGHT = Orientation()


def read_orientation(frame: Any) -> Orientation:
    """Returns the orientation in the display matrix of an `av.VideoFrame`."""
    return _nearest(frame) or UPRIGHT


def is_ignored(frame: Any) -> bool:
    """Whether the frame's display matrix is none of the eight."""
    return _nearest(frame) is None


def kept(frames: Iterator[Any]) -> Iterator[Any]:
    """Extends the matrix of a frame to the next key frame.

    A matrix of the file is given with every frame; a message within the
    stream (H.264, D.2.27; H.265, D.2.17) comes with the first it holds for.
    """
    matrix = None
    for frame in frames:
        stated = _own_matrix(frame)
        if stated is not None or frame.key_frame:
            matrix = stated
        elif matrix is not None:
            frame.opaque = matrix
        yield frame


def _newer_kind(kinds: type, number: int) -> Any:
    """Names side data that FFmpeg knows and PyAV does not.

    Without a name PyAV returns no side data of the frame at all, such as for
    JPEGs with EXIF or videos with several views.
    """
    kind = object.__new__(kinds)
    kind._name_, kind._value_ = f"NUMBER_{number}", number
    return kind


sidedata.Type._missing_ = classmethod(_newer_kind)


def _own_matrix(frame: Any) -> tuple[int, ...] | None:
    data = frame.side_data.get("DISPLAYMATRIX")
    return None if data is None else struct.unpack("=9i", data)


def _nearest(frame: Any) -> Orientation | None:
    matrix = _own_matrix(frame) or frame.opaque
    if matrix is None:
        return UPRIGHT
    a, b, _, c, d, *_ = matrix
    across, down = math.hypot(a, c), math.hypot(b, d)
    if a * d == b * c:
        return None  # A point or a line.
    angle = math.degrees(math.atan2(b / down, a / across))
    if abs(angle - 90 * round(angle / 90)) >= _TOLERANCE:
        return None
    if round(angle / 90) % 2:
        return Orientation(True, b < 0, c < 0)
    return Orientation(False, d < 0, a < 0)
