"""Turns a decoded frame into a JPEG without leaving YUV.

A JPEG means full-range BT.601; a video is mostly limited range and often
BT.709. FFmpeg scales in the video's own YUV, and OpenCV changes the matrix
on the small planes: 0.1 ms a frame where swscale takes 0.5 ms.
"""

import functools
from fractions import Fraction
from typing import Any

import av.video.reformatter as reformatter
import cv2
import numpy as np
import simplejpeg

ROTATIONS = {
    90: cv2.ROTATE_90_COUNTERCLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_CLOCKWISE,
}
# Weights of red and blue in luma, by the ITU-T H.273 code of the matrix.
_BT601 = (0.299, 0.114)
_BT709 = (0.2126, 0.0722)
_WEIGHTS = {
    1: _BT709,
    4: (0.30, 0.11),
    5: _BT601,
    6: _BT601,
    7: (0.212, 0.087),
    9: (0.2627, 0.0593),
    10: (0.2627, 0.0593),
}


class Encoder:
    """Encodes the frames of one video, all in the size of the first one."""

    def __init__(
        self, short_side: int | None, quality: int, aspect: Fraction
    ) -> None:
        """Takes the short side in pixels and the aspect of one pixel."""
        self._short_side = short_side
        self._quality = quality
        self._aspect = aspect
        self._size: tuple[int, int] | None = None
        self._reformatter = reformatter.VideoReformatter()

    def encode(self, frame: Any) -> tuple[bytes, int, int]:
        """Scales, rotates, converts and encodes an `av.VideoFrame`.

        Returns:
            JPEG bytes (4:2:0), height and width in pixels, both even.
        """
        if self._size is None:
            size = frame.width, frame.height
            self._size = stored_size(*size, self._aspect, self._short_side)
        planes = self._scaled(frame)
        turn = ROTATIONS.get(round(frame.rotation) % 360)
        if turn is not None:
            planes = [cv2.rotate(plane, turn) for plane in planes]
        jpeg = simplejpeg.encode_jpeg_yuv_planes(*planes, self._quality)
        return jpeg, *planes[0].shape

    def _scaled(self, frame: Any) -> list[np.ndarray]:
        """The full-range BT.601 planes of the frame in its stored size."""
        full = frame.color_range == 2 or frame.format.name.startswith("yuvj")
        if frame.format.is_rgb or frame.format.has_palette:
            scaled = self._reformat(frame, "yuvj420p", True, full=True)
            return _planes(scaled)
        if len(frame.format.components) < 3:
            full = frame.color_range != 1  # FFmpeg's gray is full by default.
            gray = _planes(self._reformat(frame, "gray", full, full))[:1]
            middle = np.full([side // 2 for side in gray[0].shape], 128)
            return _converted([*gray, *[middle.astype(np.uint8)] * 2], full)
        same = frame.format.name in ("yuv420p", "yuvj420p")
        kind = frame.format.name if same else "yuv420p"
        weights = _WEIGHTS.get(frame.colorspace, _guess(frame))
        # swscale changes the range for nearly nothing where it scales anyway
        # (0.02 ms), and a table is cheaper where it does not.
        scaled = not same or self._size != (frame.width, frame.height)
        full_now = full or (scaled and weights == _BT601)
        planes = _planes(self._reformat(frame, kind, full, full_now))
        return _converted(planes, full_now, weights)

    def _reformat(
        self, frame: Any, kind: str, source_full: bool, full: bool
    ) -> Any:
        """Scales; both ranges are said, or swscale guesses them."""
        ranges = ("MPEG", "JPEG")
        return self._reformatter.reformat(
            frame,
            *self._size,
            kind,
            dst_colorspace="ITU601" if frame.format.is_rgb else None,
            src_color_range=ranges[source_full],
            dst_color_range=ranges[full],
            interpolation="AREA",
            threads=1,
        )


def stored_size(
    width: int, height: int, aspect: Fraction, short_side: int | None
) -> tuple[int, int]:
    """The even width and height to store: square pixels, never scaled up."""
    wide, high = width * min(aspect, 1), height / max(aspect, 1)
    scale = min(1, (short_side or min(wide, high)) / min(wide, high))
    half = [int(side * scale / 2 + (scale < 1) / 2) for side in (wide, high)]
    return 2 * max(1, half[0]), 2 * max(1, half[1])


def _guess(frame: Any) -> tuple[float, float]:
    """HD is BT.709 and SD BT.601 where nothing is said, as players do."""
    return _BT709 if frame.width >= 1280 or frame.height > 576 else _BT601


def _planes(frame: Any) -> list[np.ndarray]:
    return [
        np.frombuffer(plane, np.uint8).reshape(plane.height, -1)[
            :, : plane.width
        ]
        for plane in frame.planes
    ]


def _converted(
    planes: list[np.ndarray],
    full: bool,
    weights: tuple[float, float] = _BT601,
) -> list[np.ndarray]:
    """Planes of any YUV to full-range BT.601, uint8 like they came."""
    if weights == _BT601:
        if full:
            return planes
        luma, chroma = _range_tables()
        return [
            cv2.LUT(np.ascontiguousarray(plane), table)
            for plane, table in zip(planes, (luma, chroma, chroma), strict=True)
        ]
    y, u, v = planes
    matrix = _matrix(weights, full)
    # Chroma's part in luma, kept around 128 so that it fits a byte.
    part = _mixed(u, v, *matrix[0, 1:], 128)
    part = cv2.resize(part, y.shape[::-1], interpolation=cv2.INTER_LINEAR)
    gain = matrix[0, 0]
    black = 0 if full else 16 * gain
    return [
        cv2.addWeighted(y, gain, part, 1, -black - 128),
        _mixed(u, v, *matrix[1, 1:], 128),
        _mixed(u, v, *matrix[2, 1:], 128),
    ]


def _mixed(
    u: np.ndarray, v: np.ndarray, of_u: float, of_v: float, middle: float
) -> np.ndarray:
    return cv2.addWeighted(u, of_u, v, of_v, middle - 128 * (of_u + of_v))


@functools.cache
def _range_tables() -> tuple[np.ndarray, np.ndarray]:
    """Limited to full range: uint8 [256] of luma and of chroma."""
    level = np.arange(256)
    luma = (level - 16) * 255 / 219
    chroma = (level - 128) * 255 / 224 + 128
    return tuple(
        np.round(table).clip(0, 255).astype(np.uint8)
        for table in (luma, chroma)
    )


@functools.cache
def _matrix(weights: tuple[float, float], full: bool) -> np.ndarray:
    """float64 [3, 3] from the video's YUV steps to full-range BT.601's."""
    change = _from_rgb(_BT601) @ np.linalg.inv(_from_rgb(weights))
    steps = np.ones(3) if full else 255 / np.array([219, 224, 224])
    return change * steps


def _from_rgb(weights: tuple[float, float]) -> np.ndarray:
    red, blue = weights
    luma = np.array([red, 1 - red - blue, blue])
    u = (np.array([0, 0, 1]) - luma) / (2 * (1 - blue))
    v = (np.array([1, 0, 0]) - luma) / (2 * (1 - red))
    return np.stack([luma, u, v])
