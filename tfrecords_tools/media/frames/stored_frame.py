"""Converts a stored frame to a small JPEG for reports."""

from collections.abc import Sequence

import av
import cv2
import numpy as np
import simplejpeg

_DECODERS = {"h264": "h264", "h265": "hevc"}


def thumbnail(
    storage: str, frames: Sequence[bytes], height: int, quality: int = 70
) -> bytes:
    """Decodes the last of some stored frames and makes it small.

    Args:
        storage: jpeg, h264 or h265.
        frames: the frame; for h264 and h265 the packets from one that
            decodes alone up to the one wanted.
        height: pixels at most; a small frame is not scaled up.
        quality: of the JPEG.

    Returns:
        A JPEG.

    Raises:
        ValueError: it cannot be decoded.
    """
    if not frames:
        raise ValueError("there is no such frame")
    if storage == "jpeg":
        image = simplejpeg.decode_jpeg(frames[-1], min_height=height)
    elif storage in _DECODERS:
        image = _last(_DECODERS[storage], frames)
    else:
        raise ValueError(f"storage {storage!r} is not jpeg, h264 or h265")
    high, wide = image.shape[:2]
    if high > height:
        size = max(1, round(wide * height / high)), height
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    image = np.ascontiguousarray(image)
    return simplejpeg.encode_jpeg(image, quality, colorsubsampling="420")


def _last(decoder: str, packets: Sequence[bytes]) -> np.ndarray:
    """uint8 [H, W, 3], the last frame that the packets give."""
    codec = av.CodecContext.create(decoder, "r")
    codec.thread_count = 1
    decoded = []
    try:
        for packet in [*map(av.Packet, packets), None]:
            decoded = codec.decode(packet) or decoded
    except av.FFmpegError as error:
        raise ValueError(f"cannot decode: {error}") from error
    if not decoded:
        raise ValueError("cannot decode: the packets give no frame")
    return decoded[-1].to_ndarray(format="rgb24")
