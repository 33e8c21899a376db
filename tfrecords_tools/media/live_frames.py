"""Reads the frames of a video as they come, encoded as shards store them.

Whoever reads a pipe through this sees the frames that `reader` would store of
the same video, each as soon as it is known.
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

# Time in microseconds and frame; at last when it ended and None.
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
        video: an open one.
        config: how frames are picked and stored; all are, or those of a
            frame rate. They are JPEGs, whatever it says.
        stride: of the stored frames each so many-th is taken.
        stride_seconds: takes the one shown at each multiple of it instead.

    Yields:
        Frames in order of time. Nothing is known of their ends yet, which
        are said to be their times.

    Raises:
        VideoError: it gives no frames, or is a damaged file; what comes
            through a pipe is left out where it is damaged.
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
    """What is shown at each multiple of a period, as soon as it is known.

    Args:
        arrivals: in order of time.
        period: microseconds.
        early: microseconds; what begins no later than so long after a moment
            is shown at it.

    Yields:
        As `arrivals`, with the moments as times.
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
        # At its very beginning the next frame need not be waited for.
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
            continue  # Whoever tunes in late misses a key frame.


def _time_of(frame: Any, video: live_video.LiveVideo) -> int | None:
    """Microseconds from the container's start."""
    if frame.pts is None:
        return None
    seconds = frame.pts * frame.time_base - video.start_seconds
    return max(0, round(1_000_000 * seconds))
