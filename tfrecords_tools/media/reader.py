"""Reads the frames of a video span, encoded as in shards.

The bytes are exactly those that a shard would hold.
"""

import itertools
import os
from collections.abc import Callable, Iterable, Iterator

from tfrecords_tools.media import reader_settings, video_file, video_metadata
from tfrecords_tools.media.frames import (
    filters,
    frame_edits,
    frame_picking,
    frame_storing,
    timed_frames,
)

VideoError = video_file.VideoError
VideoMetadata = video_metadata.VideoMetadata
Config = reader_settings.Config
Frame = frame_storing.Frame


def read_frames(
    path: str | os.PathLike,
    config: Config = Config(),
    start_seconds: float | None = None,
    end_seconds: float | None = None,
    edits: frame_edits.FrameEdits = frame_edits.NONE,
    on_metadata: Callable[[VideoMetadata], None] | None = None,
) -> Iterator[Frame]:
    """Yields the frames presented in [start_seconds, end_seconds).

    Args:
        path: a local video file.
        config: how frames are picked and stored.
        start_seconds: from the container's start; None is that start.
        end_seconds: exclusive; None is the video's end.
        edits: applied to the frames before they are stored.
        on_metadata: called before the first frame with what `probe` returns;
            opening the file again would cost a tenth of a short clip.

    Yields:
        Frames in order of time, at least one.

    Raises:
        VideoError: the file or span has no frames, is damaged, or ends too
            early. Earlier frames have been yielded by then.
    """
    start = round((start_seconds or 0) * 1_000_000)
    end = None if end_seconds is None else round(end_seconds * 1_000_000)
    is_any = False
    with video_file.VideoFile(path, config.max_pixels) as video:
        encoder = frame_storing.FrameEncoder(config, video, edits)
        decoded = frame_picking.decode(
            video,
            config.max_pixels,
            config.pick,
            config.picked,
            start,
            end,
            edits.left_out,
        )
        if on_metadata:
            decoded = _with_metadata(on_metadata, video, decoded)
        decoded = filters.apply(decoded, edits.filters, start)
        # Rounding to the container's clock must not choose the frame.
        tick = min(1000, 1 + 1_000_000 * video.stream.time_base)
        if config.frame_rate is None:
            frames = _all_in_span(decoded, encoder, start, end, tick)
        else:
            period = 1_000_000 / config.frame_rate
            frames = _at_moments(decoded, encoder, start, end, period, tick)
        for frame in frames:
            is_any = True
            yield frame
        if not is_any:
            raise video.error(
                "no_frames_in_span",
                f"shows no frame from {start / 1e6:g} s to "
                + ("its end" if end is None else f"{end / 1e6:g} s"),
            )


def in_chunks(frames: Iterable[Frame], most: int) -> Iterator[list[Frame]]:
    """Yields `most` frames at a time; the last chunk may hold fewer."""
    rest = iter(frames)
    while chunk := list(itertools.islice(rest, most)):
        yield chunk


def probe(path: str | os.PathLike, config: Config = Config()) -> VideoMetadata:
    """Returns the metadata of a video; decodes its first frame.

    Raises:
        VideoError: it cannot be read.
    """
    with video_file.VideoFile(path, config.max_pixels) as video:
        first = next(timed_frames.decode(video)).frame
        return video_metadata.read_metadata(video, first)


def _with_metadata(
    on_metadata: Callable[[VideoMetadata], None],
    video: video_file.VideoFile,
    decoded: Iterator[timed_frames.TimedFrame],
) -> Iterator[timed_frames.TimedFrame]:
    for first in decoded:
        on_metadata(video_metadata.read_metadata(video, first.frame))
        yield first
        yield from decoded


def _all_in_span(
    decoded: Iterator[timed_frames.TimedFrame],
    encoder: frame_storing.FrameEncoder,
    start: int,
    end: int | None,
    tick: float,
) -> Iterator[Frame]:
    for time, end_time, frame in decoded:
        if end is not None and time >= end - tick:
            return
        if time >= start - tick and not encoder.is_left_out(time):
            planes = encoder.planes(frame)
            yield encoder.encode(time, end_time, planes, frame.is_corrupt)


def _at_moments(
    decoded: Iterator[timed_frames.TimedFrame],
    encoder: frame_storing.FrameEncoder,
    start: int,
    end: int | None,
    period: float,
    tick: float,
) -> Iterator[Frame]:
    """Yields the frame presented at start + k * period, for each k."""
    count = 0
    for time, end_time, frame in decoded:
        planes = None
        while (moment := round(start + count * period)) < end_time - tick:
            # Start and end are rounded each for itself.
            if end is not None and moment >= end - 1:
                return
            count += 1
            if moment < time - tick:
                continue  # Nothing is shown yet.
            if encoder.is_left_out(moment):
                continue
            planes = planes or encoder.planes(frame)
            until = round(start + count * period)
            yield encoder.encode(moment, until, planes, frame.is_corrupt)
