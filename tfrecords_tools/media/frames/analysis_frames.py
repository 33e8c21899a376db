"""Reads the frames of a span for analysis: gray, at any size.

A frame is scaled only on demand. Frames are as coded, not yet upright.
"""

import os
from collections.abc import Iterator, Sequence

import av.video.reformatter as reformatter
import numpy as np

from tfrecords_tools.media import video_file
from tfrecords_tools.media.frames import filters, thumbnails, timed_frames


class AnalysisFrame:
    """One frame of the span.

    Attributes:
        time: presentation time, microseconds from the container's start.
        end_time: when its presentation ends.
        interlaced: whether the file flags it as two fields.
    """

    def __init__(
        self,
        timed: timed_frames.TimedFrame,
        interlaced: bool,
        scaler: reformatter.VideoReformatter,
    ) -> None:
        self.time, self.end_time, self._frame = timed
        self.interlaced = interlaced
        self._scaler = scaler
        self._grays: dict[int | None, np.ndarray] = {}

    @property
    def notes(self) -> dict[str, str]:
        """Metadata that the measuring filters attached to this frame."""
        return self._frame.metadata

    def gray(self, short_side: int | None = None) -> np.ndarray:
        """uint8 [h, w]: luma in full range, 0 black and 255 white.

        Args:
            short_side: pixels; larger frames are scaled down to it. None
                keeps the size.
        """
        if short_side not in self._grays:
            self._grays[short_side] = thumbnails.scaled(
                self._scaler, self._frame, short_side, "gray"
            )
        return self._grays[short_side]


def read(
    path: str | os.PathLike,
    max_pixels: int,
    start: int = 0,
    end: int | None = None,
    measures: Sequence[str] = (),
) -> Iterator[AnalysisFrame]:
    """Yields every frame of a span.

    Args:
        path: a local video file.
        max_pixels: frames with more are refused.
        start: microseconds from the container's start.
        end: exclusive; None is the video's end.
        measures: FFmpeg filters that measure and change no pixel.

    Raises:
        VideoError: as of `reader.read_frames`.
    """
    scaler = reformatter.VideoReformatter()
    with video_file.VideoFile(path, max_pixels) as video:
        flags: dict[int, bool] = {}
        decoded = _flagged(timed_frames.decode(video, start), flags)
        for timed in filters.apply(decoded, measures, start):
            flag = flags.pop(timed.time)
            if end is not None and timed.time >= end:
                return
            if timed.time >= start:
                yield AnalysisFrame(timed, flag, scaler)


def _flagged(
    decoded: Iterator[timed_frames.TimedFrame], flags: dict[int, bool]
) -> Iterator[timed_frames.TimedFrame]:
    """Saves the file's flags, which idet overwrites."""
    for timed in decoded:
        flags[timed.time] = timed.frame.interlaced_frame
        yield timed
