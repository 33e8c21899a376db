"""Colour matrices and ranges of YUV, and their conversion for JPEG.

Most videos have limited range and often BT.709. OpenCV changes the matrix on
the small planes: 0.1 ms per frame, where swscale takes 0.5 ms.
"""

import functools
from typing import Any

import cv2
import numpy as np

# Weights of red and blue in luma, by the ITU-T H.273 code of the matrix.
BT601 = (0.299, 0.114)
BT709 = (0.2126, 0.0722)
WEIGHTS = {
    1: BT709,
    4: (0.30, 0.11),
    5: BT601,
    6: BT601,
    7: (0.212, 0.087),
    9: (0.2627, 0.0593),
    10: (0.2627, 0.0593),
}
# Limited to full range, level * gain + black. The chroma of level 16 would be
# 0.5 to the digit: a little less, so that it is 0 on every processor.
_LUMA = 255 / 219, -16 * 255 / 219
_CHROMA = 255 / 224, 128 - 128 * 255 / 224 - 0.001


def is_full(frame: Any) -> bool:
    """Whether an `av.VideoFrame` of YUV has full range; untagged gray has."""
    if len(frame.format.components) < 3:
        return frame.color_range != 1  # FFmpeg's gray is full by default.
    return frame.color_range == 2 or frame.format.name.startswith("yuvj")


def weights_of(frame: Any) -> tuple[float, float]:
    """The weights of red and blue in the luma of an `av.VideoFrame`.

    Untagged HD counts as BT.709 and untagged SD as BT.601, as in players.
    """
    large = frame.width >= 1280 or frame.height > 576
    return WEIGHTS.get(frame.colorspace, BT709 if large else BT601)


def converted(
    planes: list[np.ndarray], full: bool, weights: tuple[float, float]
) -> list[np.ndarray]:
    """Converts planes of any YUV 4:2:0 to full-range BT.601.

    Args:
        planes: uint8 Y, U and V.
        full: whether they have full range.
        weights: of red and blue in their luma.

    Returns:
        uint8 Y, U and V; the same planes if nothing changes.
    """
    if weights == BT601:
        return planes if full else _to_full_range(planes)
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


def to_rgb(weights: tuple[float, float], full: bool) -> np.ndarray:
    """float32 [3, 4] from (Y, U, V, 1) of a video to RGB of 0..255."""
    matrix = np.linalg.inv(_from_rgb(weights))
    gains = np.ones(3) if full else 255 / np.array([219, 224, 224])
    black = -np.array([0 if full else 16, 128, 128]) * gains
    matrix, black = matrix * gains, matrix @ black
    return np.column_stack([matrix, black]).astype(np.float32)


def from_rgb(weights: tuple[float, float]) -> np.ndarray:
    """float32 [3, 4] from (R, G, B, 1) of 0..255 to limited-range YUV."""
    gains = np.array([219, 224, 224])[:, None] / 255
    black = np.array([16, 128, 128])
    return np.column_stack([_from_rgb(weights) * gains, black]).astype(
        np.float32
    )


def _to_full_range(planes: list[np.ndarray]) -> list[np.ndarray]:
    # Half the time of a table look-up: this one is vectorised.
    return [
        cv2.addWeighted(plane, gain, plane, 0, black)
        for plane, (gain, black) in zip(
            planes, (_LUMA, _CHROMA, _CHROMA), strict=True
        )
    ]


def _mixed(
    u: np.ndarray, v: np.ndarray, of_u: float, of_v: float, middle: float
) -> np.ndarray:
    return cv2.addWeighted(u, of_u, v, of_v, middle - 128 * (of_u + of_v))


@functools.cache
def _matrix(weights: tuple[float, float], full: bool) -> np.ndarray:
    """float64 [3, 3] from the video's YUV steps to full-range BT.601's."""
    change = _from_rgb(BT601) @ np.linalg.inv(_from_rgb(weights))
    steps = np.ones(3) if full else 255 / np.array([219, 224, 224])
    return change * steps


def _from_rgb(weights: tuple[float, float]) -> np.ndarray:
    red, blue = weights
    luma = np.array([red, 1 - red - blue, blue])
    u = (np.array([0, 0, 1]) - luma) / (2 * (1 - blue))
    v = (np.array([1, 0, 0]) - luma) / (2 * (1 - red))
    return np.stack([luma, u, v])
