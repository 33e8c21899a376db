"""Reads the frames of a live video, encoded as in shards.

Yields the frames that `reader` would store of the same video, each as soon as
it is known.
"""

from collections.abc import Iterator
from typing import Any

import av

from tfrecords_tools.media import live_video, reader_settings
from tfrecords_tools.media.frames import (
    frame_edits,
    frame_orientation,
    frame_storing,
    timed_frames,
)

# Time in microseconds and frame; last the end time and None.
Arrivals = Iterator[tuple[int, Any]]

_CLOCK = 999  # Microseconds that containers may round a time by.
# A clock that jumps so far, in microseconds, back or ahead, was set anew.
_BACK, _AHEAD = 1_000_000, 60_000_000


def read(
    video: live_video.LiveVideo,
    config: reader_settings.Config,
    stride: int = 1,
    stride_seconds: float | None = None,
) -> Iterator[frame_storing.Frame]:
    """Reads a video at the rate of a clip.

    Args:
        video: an open video.
        config: how frames are picked and stored: all frames, or those of a
            frame rate; always as JPEG.
        stride: yields every `stride`-th stored frame.
        stride_seconds: yields the frame presented at each multiple instead.

    Yields:
        Frames in order of time. Their end times are unknown yet and equal
        their times.

    Raises:
        VideoError: it has no frames, or is a damaged file. In a pipe,
            damaged frames are skipped.
    """
    arrivals = _from_pipe(video) if video.is_live else _from_file(video)
    if config.frame_rate is not None:
        tick = min(1000, 1 + 1_000_000 * video.stream.time_base)
        arrivals = shown(arrivals, 1e6 / config.frame_rate, tick)
    if stride_seconds is not None:
        arrivals, stride = shown(arrivals, 1e6 * stride_seconds, _CLOCK), 1
    encoder = frame_storing.FrameEncoder(
        config.as_jpeg(), video, frame_edits.NONE
    )
    for number, (time, frame) in enumerate(arrivals):
        if frame is not None and number % stride == 0:
            planes = encoder.planes(frame)
            yield encoder.encode(time, time, planes, frame.is_corrupt)


def shown(arrivals: Arrivals, period: float, early: float) -> Arrivals:
    """Yields the frame presented at each multiple of a period.

    Args:
        arrivals: in order of time.
        period: microseconds.
        early: tolerance, microseconds: a frame that starts up to this long
            after a multiple still counts.

    Yields:
        As `arrivals`, with the multiples as times.
    """
    count, before = 0, None
    for time, frame in arrivals:
        while (moment := round(count * period)) < time - early:
            count += 1
            if before is not None:
                yield moment, before
        if frame is None:
            yield time, None
            return
        before = frame
        # At its start a frame is known without the next one.
        while (moment := round(count * period)) <= time + early:
            count += 1
            yield moment, frame


def _from_file(video: live_video.LiveVideo) -> Arrivals:
    for timed in timed_frames.decode(video):
        yield timed.time, timed.frame
    yield timed.end_time, None


def _from_pipe(video: live_video.LiveVideo) -> Arrivals:
    length = round(1_000_000 / (video.frame_rate or 25))
    before, offset = None, 0
    try:
        for frame in frame_orientation.kept(_decoded_frames(video)):
            time = _time_of(frame, video)
            time = offset + (time if time is not None else before or 0)
            if before is not None:
                if not -_BACK < time - before < _AHEAD:
                    offset += before + length - time
                    time = before + length
                if time <= before:
                    continue  # A repeated time: the first frame stands.
            yield time, frame
            before = time
    except av.FFmpegError as error:
        what = "cannot be read from a pipe, as MPEG-TS and Matroska can"
        raise video.translated(error, what) from error
    if before is None:
        raise video.error("no_frames", "holds no frame that can be decoded")
    yield before + length, None


def _decoded_frames(video: live_video.LiveVideo) -> Iterator[Any]:
    for packet in video.packets():
        try:
            yield from packet.decode()
        except av.error.InvalidDataError:
            continue  # A late start misses a key frame.


def _time_of(frame: Any, video: live_video.LiveVideo) -> int | None:
    """Microseconds from the container's start."""
    if frame.pts is None:
        return None
    seconds = frame.pts * frame.time_base - video.start_seconds
    return max(0, round(1_000_000 * seconds))
