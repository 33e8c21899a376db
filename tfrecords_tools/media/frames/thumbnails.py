"""Reads small frames of a video, for analysis of the whole file.

FFmpeg scales and converts in one step: 0.2 ms for a frame of 720p that takes
0.9 ms to decode. Frames that the rate skips are not converted.
"""

import os
from collections.abc import Iterator
from typing import Any

import av.video.reformatter as reformatter
import numpy as np

from tfrecords_tools.media import video_file
from tfrecords_tools.media.frames import frame_orientation, timed_frames


def read(
    path: str | os.PathLike,
    max_pixels: int,
    start: int = 0,
    end: int | None = None,
    rate: float | None = None,
    short_side: int = 64,
    color: bool = False,
) -> Iterator[tuple[int, int, np.ndarray]]:
    """Yields the frames that start in a span, scaled down and upright.

    Args:
        path: a local video file.
        max_pixels: frames with more are refused.
        start: microseconds from the container's start.
        end: exclusive; None is the video's end.
        rate: maximum frames per second; None: every frame.
        short_side: pixels; larger frames are scaled down to it.
        color: BGR instead of gray.

    Yields:
        Time and end time in microseconds, and uint8 [h, w], or [h, w, 3].
        Where the rate skips frames, the end is still that of the frame
        itself.

    Raises:
        VideoError: as `reader.read_frames`, except for an empty span.
    """
    scaler = reformatter.VideoReformatter()
    due: float = start
    with video_file.VideoFile(path, max_pixels) as video:
        for time, end_time, frame in timed_frames.decode(video, start):
            if end is not None and time >= end:
                return
            # Halves of a microsecond come from rounded frame times.
            if time < start or time + 1 < due:
                continue
            if rate:
                step = 1_000_000 / rate
                due = (due if due + step > time else time) + step
            kind = "bgr24" if color else "gray"
            small = scaled(scaler, frame, short_side, kind)
            upright = frame_orientation.read_orientation(frame).upright(small)
            yield time, end_time, upright


def scaled(
    scaler: reformatter.VideoReformatter,
    frame: Any,
    short_side: int | None,
    kind: str,
) -> np.ndarray:
    """Scales down an `av.VideoFrame`, as coded.

    Args:
        scaler: one for all frames of a video.
        frame: as decoded.
        short_side: pixels; None keeps every pixel.
        kind: FFmpeg's pixel format, `gray` or `bgr24`.

    Returns:
        uint8 [h, w], or [h, w, 3].
    """
    size = frame.width, frame.height
    scale = min(1, short_side / min(size)) if short_side else 1
    width, height = (max(2, round(side * scale)) for side in size)
    return scaler.reformat(
        frame, width, height, kind, interpolation="AREA", threads=1
    ).to_ndarray()
