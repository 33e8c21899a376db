"""Picks few frames of a span: the key frames, or the most different ones.

A picked frame lasts until the next picked one.
"""

import heapq
import os
from collections.abc import Collection, Iterator
from typing import Any

import numpy as np

from tfrecords_tools.base import errors
from tfrecords_tools.media import video_file
from tfrecords_tools.media.frames import thumbnails, timed_frames

CHOICES = ("all", "key", "different")
_SHORT_SIDE = 64  # Pixels of what is compared.


def check(pick: str, frame_rate: float | None) -> None:
    """Raises UserError if frames are picked in two ways at once."""
    if pick != "all" and frame_rate is not None:
        raise errors.UserError(
            f"--media.pick={pick} with --media.frame_rate={frame_rate:g}: "
            "picked frames have times of their own; remove one of the two"
        )


def decode(
    video: video_file.VideoFile,
    max_pixels: int,
    pick: str,
    count: int,
    start: int,
    end: int | None,
    left_out: Collection[tuple[int, int]] = (),
) -> Iterator[timed_frames.TimedFrame]:
    """Decodes the picked frames of a span, and some frames before it.

    Args:
        video: an open file.
        max_pixels: frames with more are refused.
        pick: `all`, `key` (key frames by the container; no others are
            decoded), or `different`.
        count: number of different frames, at least 1.
        start: microseconds from the container's start.
        end: exclusive; None is the video's end.
        left_out: spans without different frames.

    Yields:
        Frames in order of time.

    Raises:
        VideoError: as of `reader.read_frames`.
    """
    if pick == "all":
        yield from timed_frames.decode(video, start)
    elif pick == "key":
        for timed in timed_frames.decode(video, start, keys_only=True):
            last = timed.end_time if end is None else min(timed.end_time, end)
            yield timed._replace(end_time=last)
    else:
        times = most_different(
            video.source, max_pixels, count, start, end, left_out
        )
        decoded = timed_frames.decode(video, start)
        yield from _only(decoded, set(times), end)


def most_different(
    path: str | os.PathLike,
    max_pixels: int,
    count: int,
    start: int = 0,
    end: int | None = None,
    left_out: Collection[tuple[int, int]] = (),
) -> list[int]:
    """Returns the times of the first frame and of the largest changes.

    Args:
        path: a local video file.
        max_pixels: frames with more are refused.
        count: number of times, at least 1; short spans return all frames.
        start: microseconds from the container's start.
        end: exclusive; None is the video's end.
        left_out: spans whose frames are ignored.

    Returns:
        Microseconds, in order. A change is the mean absolute difference in
        brightness from the frame before; of equal ones the earlier counts.
    """
    before: Any = None
    first: list[int] = []
    # The smallest is thrown out first: the least change, and the latest.
    best: list[tuple[float, int]] = []
    frames = thumbnails.read(
        path, max_pixels, start, end, short_side=_SHORT_SIDE
    )
    for time, _, image in frames:
        if any(begin <= time < stop for begin, stop in left_out):
            continue
        if before is None:
            first = [time]
        elif count > 1:
            change = _difference(before, image)
            heapq.heappush(best, (change, -time))
            if len(best) == count:
                heapq.heappop(best)
        before = image
    return first + sorted(-time for _, time in best)


def _difference(one: np.ndarray, other: np.ndarray) -> float:
    if one.shape != other.shape:  # The size changes within the file.
        return 255.0
    return float(np.abs(one.astype(np.int16) - other).mean())


def _only(
    decoded: Iterator[timed_frames.TimedFrame], times: set[int], end: int | None
) -> Iterator[timed_frames.TimedFrame]:
    """Yields the frames at these times; the last ends with the span."""
    held: timed_frames.TimedFrame | None = None
    for timed in decoded:
        if end is not None and timed.time >= end:
            break
        if timed.time in times:
            if held is not None:
                yield held._replace(end_time=timed.time)
            held = timed
        elif held is not None:
            held = held._replace(end_time=timed.end_time)
    if held is not None:
        yield held
