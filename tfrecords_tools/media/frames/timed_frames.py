"""Decodes a video into frames with their times, in order of presentation.

Times are microseconds from the container's start. A file that ends well
before the duration that it states is an error: FFmpeg says nothing then.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

import av

from tfrecords_tools.media import video_file
from tfrecords_tools.media.frames import frame_orientation

SEEK_FROM = 1_000_000  # Microseconds; a shorter way is simply decoded.
_MOST_BEHIND = 3  # Frames in a row at times that were shown already.
# Formats that state their duration; in others FFmpeg guesses it.
_STATED = ("mov", "matroska", "avi", "asf", "flv")


class TimedFrame(NamedTuple):
    """A decoded `av.VideoFrame` and when it is shown, microseconds."""

    time: int
    end_time: int
    frame: Any


def decode(
    video: video_file.VideoFile, start: int = 0, keys_only: bool = False
) -> Iterator[TimedFrame]:
    """Decodes from `start` (microseconds), or a little before, to the end.

    Args:
        video: an open file.
        start: where to begin.
        keys_only: yields only key frames of the container, each until the
            next; other frames are not decoded.

    Raises:
        VideoError: no frames, a decoding error, a truncated file, or a
            clock that restarts.
    """
    packets = _Packets(video, keys_only)
    time, before, behind = 0, None, 0
    try:
        for frame in frame_orientation.kept(_decoded_frames(packets, start)):
            next_time = packets.time_of(frame)
            if next_time is None and before is None:
                next_time = 0
            elif next_time is None:
                next_time = time + _length_of(video, before)
            if before is not None:
                behind = behind + 1 if next_time <= time else 0
                if behind > _MOST_BEHIND:
                    raise video.error(
                        "clock_restarts",
                        f"its clock goes back from {time / 1e6:.2f} s to "
                        f"{next_time / 1e6:.2f} s, as in joined files: "
                        "write new times (ffmpeg -i IN OUT.mp4), or use the "
                        "original files",
                    )
                if behind:
                    continue  # A repeated time: the first frame stands.
                yield TimedFrame(time, next_time, before)
            time, before = next_time, frame
    except av.FFmpegError as error:
        raise video.translated(error, "cannot be decoded") from error
    if before is None:
        raise video.error("no_frames", "holds no frame that can be decoded")
    end_time = time + _length_of(video, before)
    _check_whole(video, max(end_time, packets.end_time))
    if keys_only:
        end_time = max(end_time, packets.frames_end)
    yield TimedFrame(time, end_time, before)


class _Clock:
    """Converts ticks of the file to microseconds from its start.

    In integers: three Fractions per frame cost 15 microseconds.
    """

    def __init__(self, video: video_file.VideoFile) -> None:
        self._start = video.start_seconds
        self._base: Fraction | None = None
        self._scale = self._offset = self._divisor = 1

    def microseconds(self, ticks: int, base: Fraction) -> int:
        """Converts ticks to microseconds, rounding half to even."""
        if base != self._base:
            self._base = base
            self._scale = 1_000_000 * base.numerator * self._start.denominator
            self._offset = 1_000_000 * base.denominator * self._start.numerator
            self._divisor = base.denominator * self._start.denominator
        whole, rest = divmod(ticks * self._scale - self._offset, self._divisor)
        beyond = 2 * rest - self._divisor
        return whole + (beyond > 0 or (beyond == 0 and whole % 2))


class _Packets:
    """The packets of a video; tracks how far the file reaches."""

    def __init__(self, video: video_file.VideoFile, keys_only: bool) -> None:
        self.video = video
        self.clock = _Clock(video)
        self.end_time = 0
        self.frames_end = 0  # Of frames that are not decoded, too.
        self._keys_only = keys_only
        # AVI has no presentation times, and FFmpeg's guesses are wrong with
        # B-frames: the decoder gives frames in order, one for each place.
        self.by_place = (
            video.container.format.name == "avi"
            and video.stream.codec_context.has_b_frames
        )
        self._first: int | None = None  # Place of the first packet.
        self._delay: int | None = None  # Of the decoder, in places.

    def time_of(self, frame: Any) -> int | None:
        """When an `av.VideoFrame` is shown; None if unknown."""
        ticks = frame.pts
        if self.by_place:
            ticks = frame.dts
            if ticks is None or self._first is None:
                return None
            if self._delay is None:
                self._delay = ticks - self._first
            ticks -= self._delay
        if ticks is None:
            return None
        return max(0, self.clock.microseconds(ticks, frame.time_base))

    def frames(self) -> Iterator[Any]:
        """Decodes from the current position of the container."""
        stream = self.video.stream
        # Where only the whole file states a duration, audio may be longer.
        everything = _stated_by_file(self.video)
        chosen = [] if everything else [stream]
        skips = self._keys_only and not self.by_place
        if skips:
            stream.codec_context.skip_frame = "NONKEY"
        for packet in self.video.container.demux(*chosen):
            # The last packet is empty and its stream_index is 0.
            ours = packet.stream is stream
            if ours and self._first is None:
                self._first = packet.dts
            if everything and packet.pts is not None:
                self.end_time = max(self.end_time, self._end_of(packet))
            if self._keys_only and ours and packet.pts is not None:
                if not packet.is_discard:  # Beyond an edit list's end.
                    ends = self._end_of(packet)
                    self.frames_end = max(self.frames_end, ends)
                    self.end_time = max(self.end_time, ends)
                if skips and not packet.is_keyframe:
                    continue
            for frame in packet.decode() if ours else ():
                if frame.key_frame or skips or not self._keys_only:
                    yield frame

    def _end_of(self, packet: Any) -> int:
        ticks = packet.pts + (packet.duration or 0)
        return self.clock.microseconds(ticks, packet.time_base)


def _decoded_frames(packets: _Packets, start: int) -> Iterator[Any]:
    # In MPEG program streams several frames share a time stamp.
    exact = packets.video.container.format.name != "mpeg"
    if start >= SEEK_FROM and exact and not packets.by_place:
        rest = _sought(packets, start)
        if rest is not None:
            yield from rest
            return
        packets.video.container.close()
        packets.video.reopen()
    yield from packets.frames()


def _sought(packets: _Packets, start: int) -> Iterator[Any] | None:
    """Frames from the key frame at or before `start`; None if missed."""
    video = packets.video
    moment = Fraction(start, 1_000_000) + video.start_seconds
    try:
        offset = int(moment / video.stream.time_base)
        video.container.seek(offset, stream=video.stream)
        rest = packets.frames()
        first = next(rest, None)
    except av.FFmpegError:
        return None
    time = first and packets.time_of(first)
    if time is None or not first.key_frame or time > start:
        return None
    return _after(first, rest)


def _after(first: Any, rest: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from rest


def _relative(video: video_file.VideoFile, seconds: Fraction) -> int:
    return round((seconds - video.start_seconds) * 1_000_000)


def _length_of(video: video_file.VideoFile, frame: Any) -> int:
    """Returns the duration of a last frame, microseconds."""
    if frame.duration:
        return round(frame.duration * frame.time_base * 1_000_000)
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
    """Returns the end of the video as stated by the file; None if unknown."""
    container, stream = video.container, video.stream
    if not container.format.name.startswith(_STATED):
        return None
    if not _stated_by_file(video):
        # A cut avi has a new duration, but the old number of frames.
        avi = container.format.name == "avi"
        ticks = max(stream.duration, stream.frames if avi else 0)
        # The duration holds the delay already where an edit list ends early.
        mov = container.format.name.startswith("mov")
        start = 0 if mov else stream.start_time or 0
        return _relative(video, (start + ticks) * stream.time_base)
    if container.duration is None:
        return None
    return _relative(video, Fraction(container.duration, av.time_base))


def _stated_by_file(video: video_file.VideoFile) -> bool:
    """Whether the duration is that of the file, not that of the stream."""
    matroska = video.container.format.name.startswith("matroska")
    return matroska or video.stream.duration is None
