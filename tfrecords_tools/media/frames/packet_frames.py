"""Decodes packets of H.264 or H.265 to RGB: whole frames or a window.

Only the requested frames are converted to RGB, and only the requested window:
it is cut, and scaled down, while colours are still planes.
"""

from collections.abc import Collection, Sequence
from typing import Any

import av
import cv2
import numpy as np

from tfrecords_tools.media.frames import frame_colors

_DECODERS = {"h264": "h264", "h265": "hevc"}
Window = tuple[int, int, int, int]


def decode(
    storage: str,
    packets: Sequence[bytes],
    shown: Sequence[int],
    window: Window | None = None,
    size: int | None = None,
) -> np.ndarray:
    """Decodes packets in order and returns some of the frames.

    Args:
        storage: h264 or h265.
        packets: from `frame_packets.Encoder`; a packet that is no key frame
            follows its predecessor.
        shown: indices into `packets`, in any order, with repetitions.
        window: top, left, height and width in pixels; None: whole frames.
        size: height and width to scale the window to; None: no scaling. A
            window at least twice or four times as large is halved or
            quartered by averages first.

    Returns:
        uint8 [len(shown), height, width, 3] RGB.

    Raises:
        ValueError: a packet does not decode to its frame.
    """
    images: dict[int, np.ndarray] = {}
    for place, planes in _planes(storage, packets, set(shown)):
        at = window or (0, 0, *planes[0].shape)
        y, u, v = _cut(planes, at, _reduction(at, size))
        if size is not None:
            y, u, v = (
                cv2.resize(plane, (size, size), interpolation=cv2.INTER_LINEAR)
                for plane in (y, u, v)
            )
        # In OpenCV these are full range, as in JPEG.
        images[place] = cv2.cvtColor(cv2.merge([y, v, u]), cv2.COLOR_YCrCb2RGB)
    return np.stack([images[place] for place in shown])


def sizes(storage: str, packets: Sequence[bytes]) -> list[tuple[int, int]]:
    """Decodes packets from a key frame on.

    Returns:
        Height and width of each frame.

    Raises:
        ValueError: a packet does not decode to its frame.
    """
    every = range(len(packets))
    return [p[0].shape for _, p in _planes(storage, packets, every)]


def is_key(storage: str, packet: bytes) -> bool:
    """Whether a packet is a key frame with parameter sets.

    Source: ITU-T H.264 table 7-1, H.265 table 7-1 (types of NAL units).
    """
    heads = [part[0] for part in packet.split(b"\0\0\1")[1:] if part]
    if storage == "h264":
        return {7, 8, 5} <= {head & 31 for head in heads}
    kinds = {head >> 1 & 63 for head in heads}
    return {32, 33, 34} <= kinds and bool(kinds & {19, 20})


def _planes(
    storage: str, packets: Sequence[bytes], shown: Collection[int]
) -> Any:
    """Yields place and uint8 planes of the frames that are shown."""
    codec = av.CodecContext.create(_DECODERS[storage], "r")
    codec.thread_count = 1
    place = -1
    try:
        for place, packet in enumerate(packets):
            (frame,) = codec.decode(av.Packet(packet))
            if frame.is_corrupt:
                raise ValueError
            if place in shown:
                yield place, _planes_of(frame)
    except (av.FFmpegError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "gives no whole frame"
        raise ValueError(f"packet {place}: {reason}") from error


def _planes_of(frame: Any) -> list[np.ndarray]:
    planes = [
        np.frombuffer(plane, np.uint8).reshape(plane.height, -1)[
            :, : plane.width
        ]
        for plane in frame.planes
    ]
    full = frame_colors.is_full(frame)
    return frame_colors.converted(planes, full, frame_colors.weights_of(frame))


def _reduction(window: Window, size: int | None) -> int:
    shortest = min(window[2:])
    if size is None or shortest < 2 * size:
        return 1
    return 2 if shortest < 4 * size else 4


def _cut(
    planes: list[np.ndarray], window: Window, reduction: int
) -> list[np.ndarray]:
    """A window of 4:2:0 planes as planes of 4:4:4, all of its size."""
    if reduction == 1:
        return _cut_whole(planes, window)
    top, left, high, wide = (side // reduction for side in window)
    cut = []
    for plane in planes:
        part = reduction if plane is planes[0] else reduction // 2
        plane = plane[
            top * part : (top + high) * part, left * part : (left + wide) * part
        ]
        if part > 1:
            plane = cv2.resize(
                plane, (wide, high), interpolation=cv2.INTER_AREA
            )
        cut.append(plane)
    return cut


def _cut_whole(planes: list[np.ndarray], window: Window) -> list[np.ndarray]:
    top, left, high, wide = window
    # Two more each way, so that a colour at the edge knows its neighbours.
    rows, row = _around(top, high, planes[1].shape[0])
    columns, column = _around(left, wide, planes[1].shape[1])
    cut = [planes[0][top : top + high, left : left + wide]]
    for plane in planes[1:]:
        small = plane[rows, columns]
        size = 2 * small.shape[1], 2 * small.shape[0]
        large = cv2.resize(small, size, interpolation=cv2.INTER_LINEAR)
        cut.append(large[row : row + high, column : column + wide])
    return cut


def _around(start: int, length: int, most: int) -> tuple[slice, int]:
    """Colour samples around pixels, and where those begin, doubled."""
    first = max(0, start // 2 - 1)
    stop = min(most, (start + length + 1) // 2 + 1)
    return slice(first, stop), start - 2 * first
