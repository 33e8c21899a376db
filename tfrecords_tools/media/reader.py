"""Reads the frames of a video span, encoded as shards store them.

Whoever reads a file through this gets the very bytes that a shard holds.
"""

import dataclasses
import os
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from tfrecords_tools.base import settings
from tfrecords_tools.media import (
    frame_jpeg,
    timed_frames,
    treatment,
    video_facts,
    video_file,
)

VideoError = video_file.VideoError
Facts = video_facts.Facts


@dataclasses.dataclass(frozen=True)
class Config:
    """How frames are picked and stored."""

    frame_rate: float | None = settings.setting(
        None,
        "Frames a second to keep: those shown at start + k / rate. Not "
        "given: every frame at its own time.",
        minimum=0.001,
        maximum=1000,
    )
    short_side: int | None = settings.setting(
        256,
        "Short side in pixels that larger frames are scaled down to; never up.",
        minimum=8,
    )
    square_pixels: bool = settings.setting(
        False,
        "Squeeze frames whose pixels are not square (anamorphic video) to "
        "the shape that a player shows.",
    )
    quality: int = settings.setting(90, "JPEG quality.", minimum=1, maximum=100)
    max_pixels: int = settings.setting(
        8192 * 4320,
        "Frames with more pixels are refused: a small file can hold a huge "
        "picture.",
        minimum=256,
    )


class Frame(NamedTuple):
    """One stored frame.

    Attributes:
        time: when it is shown, microseconds from the container's start.
        end_time: until when.
        data: full-range BT.601 JPEG, 4:2:0, upright; or the packet of the
            frame where the storage is h264 or h265.
        height: pixels, even.
        width: pixels, even.
        damaged: whether the decoder had to invent parts of it.
    """

    time: int
    end_time: int
    data: bytes
    height: int
    width: int
    damaged: bool = False


def read_frames(
    path: str | os.PathLike,
    config: Config = Config(),
    start_seconds: float | None = None,
    end_seconds: float | None = None,
    treated: treatment.Treatment = treatment.NONE,
) -> Iterator[Frame]:
    """Reads the frames shown in [start_seconds, end_seconds), one by one.

    Args:
        path: a local video file.
        config: how frames are picked and stored.
        start_seconds: from the container's start; None is that start.
        end_seconds: exclusive; None is the video's end.
        treated: what is done to the pictures before they are stored.

    Yields:
        Frames in order of time, at least one.

    Raises:
        VideoError: the file or the span gives no frames, is damaged, or
            ends too early. Frames before the fault were given already.
    """
    start = round((start_seconds or 0) * 1_000_000)
    end = None if end_seconds is None else round(end_seconds * 1_000_000)
    found = False
    with video_file.VideoFile(path, config.max_pixels) as video:
        aspect = video.aspect if config.square_pixels else Fraction(1)
        encoder = frame_jpeg.Encoder(config.short_side, config.quality, aspect)
        decoded = timed_frames.decode(video, start)
        if config.frame_rate is None:
            frames = _all_in_span(decoded, encoder, start, end)
        else:
            period = 1_000_000 / config.frame_rate
            # Rounding to the container's clock must not choose the frame.
            tick = min(1000, 1_000_000 * video.stream.time_base)
            frames = _at_moments(decoded, encoder, start, end, period, tick)
        for frame in frames:
            found = True
            yield frame
        if not found:
            raise video.error(
                "no_frames_in_span",
                f"shows no frame from {start / 1e6:g} s to "
                + ("its end" if end is None else f"{end / 1e6:g} s"),
            )


def probe(path: str | os.PathLike, config: Config = Config()) -> Facts:
    """Opens a video, decodes its first frame, and tells about it.

    Raises:
        VideoError: it cannot be read.
    """
    with video_file.VideoFile(path, config.max_pixels) as video:
        first = next(timed_frames.decode(video)).picture
        return video_facts.of(video, first)


def _all_in_span(
    decoded: Iterator[timed_frames.Timed],
    encoder: frame_jpeg.Encoder,
    start: int,
    end: int | None,
) -> Iterator[Frame]:
    for time, end_time, picture in decoded:
        if end is not None and time >= end:
            return
        if time >= start:
            stored = encoder.encode(picture)
            yield Frame(time, end_time, *stored, picture.is_corrupt)


def _at_moments(
    decoded: Iterator[timed_frames.Timed],
    encoder: frame_jpeg.Encoder,
    start: int,
    end: int | None,
    period: float,
    tick: float,
) -> Iterator[Frame]:
    """The frame shown at start + k * period, for each k from 0 on."""
    count = 0
    for time, end_time, picture in decoded:
        stored = None
        while (moment := round(start + count * period)) < end_time - tick:
            if end is not None and moment >= end:
                return
            count += 1
            if moment < time - tick:
                continue  # Nothing is shown yet.
            stored = stored or encoder.encode(picture)
            until = round(start + count * period)
            yield Frame(moment, until, *stored, picture.is_corrupt)
