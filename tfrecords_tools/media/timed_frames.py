"""Decodes a video into frames with their times, in order of presentation.

Times are microseconds from the container's start. A file that ends well
before the duration that it states is an error: FFmpeg says nothing then.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

import av

from tfrecords_tools.media import video_file

SEEK_FROM = 1_000_000  # Microseconds; a shorter way is simply decoded.
# Formats that state their duration; in others FFmpeg guesses it.
_STATED = ("mov", "matroska", "avi", "asf", "flv")


class Timed(NamedTuple):
    """A decoded `av.VideoFrame` and when it is shown, microseconds."""

    time: int
    end_time: int
    picture: Any


def decode(video: video_file.VideoFile, start: int = 0) -> Iterator[Timed]:
    """Decodes from `start` (microseconds), or a little before, to the end.

    Raises:
        VideoError: nothing to decode, an error on the way, or a cut file.
    """
    packets = _Packets(video)
    before: Timed | None = None
    try:
        for picture in _pictures(packets, start):
            time = _time_of(video, picture)
            if time is None:
                time = before.end_time if before else 0
            if before is not None and time <= before.time:
                continue  # A repeated time: the first frame stands.
            if before is not None:
                yield before._replace(end_time=time)
            before = Timed(time, time + _length_of(video, picture), picture)
    except av.FFmpegError as error:
        raise video.translated(error, "cannot be decoded") from error
    if before is None:
        raise video.error("no_frames", "holds no frame that can be decoded")
    _check_whole(video, max(before.end_time, packets.end_time))
    yield before


class _Packets:
    """The packets of a video; remembers how far the file went."""

    def __init__(self, video: video_file.VideoFile) -> None:
        self.video = video
        self.end_time = 0

    def pictures(self) -> Iterator[Any]:
        """Decodes from where the container stands."""
        stream = self.video.stream
        # Where only the whole file states a duration, sound may be longer.
        everything = _stated_by_file(self.video)
        chosen = [] if everything else [stream]
        for packet in self.video.container.demux(*chosen):
            if everything and packet.pts is not None:
                ends = (packet.pts + (packet.duration or 0)) * packet.time_base
                self.end_time = max(self.end_time, _relative(self.video, ends))
            if packet.stream_index == stream.index:
                yield from packet.decode()


def _pictures(packets: _Packets, start: int) -> Iterator[Any]:
    if start >= SEEK_FROM:
        rest = _sought(packets, start)
        if rest is not None:
            yield from rest
            return
        packets.video.container.close()
        packets.video.open()
    yield from packets.pictures()


def _sought(packets: _Packets, start: int) -> Iterator[Any] | None:
    """Pictures from the key frame at or before `start`; None if missed."""
    video = packets.video
    moment = Fraction(start, 1_000_000) + video.start_seconds
    try:
        offset = int(moment / video.stream.time_base)
        video.container.seek(offset, stream=video.stream)
        rest = packets.pictures()
        first = next(rest, None)
    except av.FFmpegError:
        return None
    time = first and _time_of(video, first)
    if time is None or not first.key_frame or time > start:
        return None
    return _after(first, rest)


def _after(first: Any, rest: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from rest


def _time_of(video: video_file.VideoFile, picture: Any) -> int | None:
    if picture.pts is None:
        return None
    return max(0, _relative(video, picture.pts * picture.time_base))


def _relative(video: video_file.VideoFile, seconds: Fraction) -> int:
    return round((seconds - video.start_seconds) * 1_000_000)


def _length_of(video: video_file.VideoFile, picture: Any) -> int:
    """How long a frame is shown if none follows, microseconds."""
    if picture.duration:
        return round(picture.duration * picture.time_base * 1_000_000)
    return round(1_000_000 / (video.frame_rate or 25))


def _check_whole(video: video_file.VideoFile, end_time: int) -> None:
    stated = _stated_end(video)
    if stated is None:
        return
    period = 1_000_000 / (video.frame_rate or 25)
    spare = max(200_000, 3 * period, 0.01 * stated)
    if end_time < stated - spare:
        raise video.error(
            "truncated",
            f"ends after {end_time / 1e6:.2f} s of {stated / 1e6:.2f} s",
        )


def _stated_end(video: video_file.VideoFile) -> int | None:
    """When the file says that the video ends; None where it does not say."""
    container, stream = video.container, video.stream
    if not container.format.name.startswith(_STATED):
        return None
    if not _stated_by_file(video):
        # A cut avi has a new duration, but the old number of frames.
        avi = container.format.name == "avi"
        ticks = max(stream.duration, stream.frames if avi else 0)
        start = stream.start_time or 0
        return _relative(video, (start + ticks) * stream.time_base)
    if container.duration is None:
        return None
    return _relative(video, Fraction(container.duration, av.time_base))


def _stated_by_file(video: video_file.VideoFile) -> bool:
    """Whether the duration is that of the file, not that of the stream."""
    matroska = video.container.format.name.startswith("matroska")
    return matroska or video.stream.duration is None
