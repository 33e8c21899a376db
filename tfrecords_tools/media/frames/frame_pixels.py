"""Converts decoded frames to upright RGB, and RGB to planes for encoding.

Chroma is assumed at the default position of H.264, on the left of two pixels
and between two rows; in full range, as in JPEG, between pixels both ways.
"""

from typing import Any

import av.video.reformatter as reformatter
import cv2
import numpy as np

from tfrecords_tools.media.frames import frame_colors, frame_orientation

_BEST = 0x4 | 0x40000  # swscale's BICUBIC and ACCURATE_RND.


class Converter:
    """Converts one video's frames to RGB, all in the size of the first."""

    def __init__(self) -> None:
        self._upright: tuple[int, int] | None = None
        self._size = 0, 0  # As coded.
        self._reformatter = reformatter.VideoReformatter()

    def pixels(self, frame: Any) -> np.ndarray:
        """Converts and turns an `av.VideoFrame`; alpha is dropped.

        Returns:
            uint8 [H, W, 3], RGB in the video's own primaries and transfer.
        """
        orientation = frame_orientation.read_orientation(frame)
        if self._upright is None:
            self._upright = orientation.size((frame.width, frame.height))
        self._size = orientation.size(self._upright)
        if frame.format.is_rgb or frame.format.has_palette:
            plane = self._in(frame, "rgb24", True).planes[0]
            image = _rows(plane, 3).reshape(plane.height, -1, 3)
        else:
            image = self._from_yuv(frame)
        return np.ascontiguousarray(orientation.upright(image))

    def _from_yuv(self, frame: Any) -> np.ndarray:
        full = frame_colors.is_full(frame)
        matrix = frame_colors.to_rgb(frame_colors.weights_of(frame), full)
        kind = _kind(frame.format)
        planes = [_rows(plane) for plane in self._in(frame, kind, full).planes]
        # Sixteenths, so that only the last step rounds to whole levels.
        planes = [plane.astype(np.uint16) << 4 for plane in planes]
        if kind == "gray":
            planes += [np.full_like(planes[0], 128 << 4)] * 2
        elif kind == "yuv420p":
            size = planes[0].shape[::-1]
            planes[1:] = [_doubled(plane, size, full) for plane in planes[1:]]
        matrix = matrix / np.float32([16, 16, 16, 1])
        return cv2.convertScaleAbs(cv2.transform(cv2.merge(planes), matrix))

    def _in(self, frame: Any, kind: str, full: bool) -> Any:
        """Converts the frame to another format of the same range."""
        same = frame.format.name.replace("yuvj", "yuv") == kind
        if same and (frame.width, frame.height) == self._size:
            return frame
        value_range = ("MPEG", "JPEG")[full]  # swscale guesses if unset.
        return self._reformatter.reformat(
            frame,
            *self._size,
            kind,
            src_color_range=value_range,
            dst_color_range=value_range,
            interpolation=_BEST,
            threads=1,
        )


def planes(
    pixels: np.ndarray, weights: tuple[float, float]
) -> list[np.ndarray]:
    """Converts RGB to planes of 4:2:0 in limited range.

    Args:
        pixels: uint8 [H, W, 3] RGB, H and W even.
        weights: of red and blue in luma.

    Returns:
        uint8 [H, W], [H/2, W/2], [H/2, W/2].
    """
    change = frame_colors.from_rgb(weights)
    luma = cv2.transform(pixels, change[:1])
    u, v = cv2.split(cv2.transform(_halved(pixels), change[1:]))
    return [luma, cv2.convertScaleAbs(u), cv2.convertScaleAbs(v)]


def _kind(format: Any) -> str:
    if len(format.components) < 3:
        return "gray"
    small = format.chroma_width(4) == 2 and format.chroma_height(4) == 2
    return "yuv420p" if small else "yuv444p"


def _rows(plane: Any, channels: int = 1) -> np.ndarray:
    rows = np.frombuffer(plane, np.uint8).reshape(plane.height, -1)
    return rows[:, : plane.width * channels]


def _doubled(
    plane: np.ndarray, size: tuple[int, int], full: bool
) -> np.ndarray:
    """Chroma in the size of luma; `size` is its width and height."""
    left = -0.25 if full else 0
    change = np.float32([[0.5, 0, left], [0, 0.5, -0.25]])
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(
        plane, change, size, flags=how, borderMode=cv2.BORDER_REPLICATE
    )


def _halved(pixels: np.ndarray) -> np.ndarray:
    """float32 [H/2, W/2, 3]: means of two rows, and of 1, 2, 1 columns."""
    rows = cv2.add(pixels[::2], pixels[1::2], dtype=cv2.CV_16U)
    wide = cv2.copyMakeBorder(rows, 0, 0, 1, 0, cv2.BORDER_REPLICATE)
    sums = wide[:, :-1:2] + 2 * wide[:, 1::2] + wide[:, 2::2]
    return sums.astype(np.float32) / 8
