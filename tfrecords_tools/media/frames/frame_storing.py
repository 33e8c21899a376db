"""Encodes decoded frames for storage: planes, retouches, then bytes."""

from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from tfrecords_tools.media import reader_settings, video_file
from tfrecords_tools.media.frames import (
    frame_edits,
    frame_jpeg,
    frame_packets,
    frame_planes,
)


class Frame(NamedTuple):
    """One stored frame.

    Attributes:
        time: presentation time, microseconds from the container's start.
        end_time: when its presentation ends.
        data: full-range BT.601 JPEG, 4:2:0 or gray, upright; or the packet
            of the frame where the storage is h264 or h265.
        height: pixels, even.
        width: pixels, even.
        damaged: whether the decoder had to conceal parts of it.
    """

    time: int
    end_time: int
    data: bytes
    height: int
    width: int
    damaged: bool = False


class FrameEncoder:
    """Encodes the frames of one video, in their order."""

    def __init__(
        self,
        config: reader_settings.Config,
        video: video_file.VideoFile,
        edits: frame_edits.FrameEdits,
    ) -> None:
        aspect = video.aspect if config.square_pixels else Fraction(1)
        self._scaler = frame_planes.Scaler(config.shape, aspect)
        self._retouches = edits.retouches
        self._left_out = edits.left_out
        self._video = video
        if config.storage == "jpeg":
            self._encoder = frame_jpeg.Encoder(config.quality, config.grayscale)
        else:
            self._encoder = frame_packets.Encoder(
                config.storage, config.crf, config.key_every, config.grayscale
            )

    def planes(self, frame: Any) -> list[np.ndarray]:
        """Converts an `av.VideoFrame` to the planes that are stored."""
        planes = self._scaler.planes(frame)
        if self._retouches:
            # The decoder may still look at those of the frame.
            planes = [plane.copy() for plane in planes]
            for retouch in self._retouches:
                planes = retouch(planes)
        return planes

    def is_left_out(self, time: int) -> bool:
        """Whether the time, microseconds, is in a span that is left out."""
        return any(begin <= time < end for begin, end in self._left_out)

    def encode(
        self, time: int, end_time: int, planes: list[np.ndarray], damaged: bool
    ) -> Frame:
        """Encodes the next frame."""
        try:
            data = self._encoder.encode(planes)
        except frame_packets.SizeError as error:
            raise self._video.error("unfit_size", str(error)) from error
        return Frame(time, end_time, data, *planes[0].shape, damaged)
