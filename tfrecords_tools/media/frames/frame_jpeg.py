"""Encodes the planes of a frame as JPEG, without RGB in between."""

import numpy as np
import simplejpeg


class Encoder:
    """Encodes the frames of one video."""

    def __init__(self, quality: int, grayscale: bool = False) -> None:
        """Sets the quality, 1 to 100, and whether to store luma only."""
        self._quality = quality
        self._grayscale = grayscale
        self._last: tuple[list[np.ndarray], bytes] | None = None

    def encode(self, planes: list[np.ndarray]) -> bytes:
        """Encodes a JPEG, 4:2:0 or gray; repeated planes are encoded once.

        Args:
            planes: uint8 Y, U and V, full-range BT.601.
        """
        if self._last is None or self._last[0] is not planes:
            y, u, v = planes
            if self._grayscale:
                u = v = None
            jpeg = simplejpeg.encode_jpeg_yuv_planes(y, u, v, self._quality)
            self._last = planes, jpeg
        return self._last[1]
