"""Reads all frames of a video as pixels, with exact times.

Not for shards: nothing is scaled, picked or encoded. Odd sizes stay.
"""

import contextlib
import os
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

import av
import numpy as np

from tfrecords_tools.media import video_file, video_metadata
from tfrecords_tools.media.frames import frame_pixels, timed_frames

UNKNOWN = 2  # Of primaries and transfer, ITU-T H.273.


class PixelFrame(NamedTuple):
    """One frame.

    Attributes:
        time: presentation time, microseconds from the container's start.
        end_time: when its presentation ends.
        pixels: uint8 [H, W, 3] RGB, upright.
    """

    time: int
    end_time: int
    pixels: np.ndarray


class PixelVideo:
    """An open video; use it in a `with` statement.

    Attributes:
        path: the file.
        max_pixels: frames with more are refused.
        metadata: what the file states about itself.
        height: of an upright frame, pixels.
        width: the same.
        aspect: width of an upright pixel over its height.
        time_base: seconds of one tick of the file's clock.
        primaries: of its colours, by the code of ITU-T H.273.
        transfer: the same of its transfer function.
        end_time: of the last frame given, microseconds.
        damaged: frames so far that the decoder had to conceal in part.
        left_out: descriptions of further tracks that are not read.

    Raises:
        VideoError: it is not a video, or its first frame cannot be decoded.
    """

    def __init__(self, path: str | os.PathLike, max_pixels: int) -> None:
        self.path, self.max_pixels = os.fspath(path), max_pixels
        self._file = video_file.VideoFile(path, max_pixels)
        self._decoded = timed_frames.decode(self._file)
        try:
            self._first = next(self._decoded)
        except BaseException:
            self._file.container.close()
            raise
        frame = self._first.frame
        self.metadata = video_metadata.read_metadata(self._file, frame)
        self.height, self.width = frame.height, frame.width
        self.aspect: Fraction = self._file.aspect
        if self.metadata.rotation in (90, 270):
            self.height, self.width = self.width, self.height
            self.aspect = 1 / self.aspect
        self.time_base: Fraction = self._file.stream.time_base
        self.primaries = int(frame.color_primaries)
        self.transfer = int(frame.color_trc)
        self.end_time = self.damaged = 0
        self.left_out = _others(self._file)

    def __enter__(self) -> "PixelVideo":
        return self

    def __exit__(self, *failure: object) -> None:
        self._file.container.close()

    def frames(self) -> Iterator[PixelFrame]:
        """Yields every frame, decoded on demand; call it once.

        Raises:
            VideoError: the file is damaged or truncated. Earlier frames have
                been yielded by then.
        """
        converter = frame_pixels.Converter()
        timed = self._first
        while timed is not None:
            self.damaged += timed.frame.is_corrupt
            self.end_time = timed.end_time
            pixels = converter.pixels(timed.frame)
            yield PixelFrame(timed.time, timed.end_time, pixels)
            timed = self._first = None  # The decoder wants its buffers back.
            timed = next(self._decoded, None)


def longest_seconds(path: str | os.PathLike, max_pixels: int) -> float:
    """Returns the longest duration of a frame, by the packets.

    Args:
        path: a local video file; nothing is decoded.
        max_pixels: frames with more are refused.

    Raises:
        VideoError: it is not a video.
    """
    with video_file.VideoFile(path, max_pixels) as video:
        base = video.stream.time_base
        times, end = [], 0
        with contextlib.suppress(av.FFmpegError):  # The rest is missing.
            for packet in video.container.demux(video.stream):
                time = packet.dts if packet.pts is None else packet.pts
                if time is not None:
                    times.append(time)
                    end = max(end, time + (packet.duration or 0))
        times = np.sort(np.array([*times, max([end, *times[-1:]])], np.int64))
        longest = float(np.diff(times).max(initial=0) * base)
        return max(longest, 1 / (video.frame_rate or 25))


def _others(file: video_file.VideoFile) -> list[str]:
    streams = file.container.streams
    counts = {
        "further video": len(streams.video) - 1,
        "subtitle": len(streams.subtitles),
    }
    return [
        f"{count} {kind} track{'s' * (count > 1)}"
        for kind, count in counts.items()
        if count
    ]
