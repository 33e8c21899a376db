"""Decodes one audio track of a video to mono samples with their positions.

On the same clock as the frames. Undecodable packets are skipped.
"""

import itertools
import os
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av

from tfrecords_tools.media import video_file
from tfrecords_tools.media.audio import audio_clock, audio_filters

# Decoders need packets before the first good sample: mp3 0.25 s, opus 0.08.
_WARM_UP_SECONDS = 0.5
_SPARE_BYTES = 1 << 26  # More than a second of any audio.


class AudioTrack:
    """One audio track of a video; use it in a `with` statement.

    Attributes:
        present: whether the video has decodable audio.
        rate: sample rate of the track; 0 if not present.
        why_absent: "no audio", or why it cannot be decoded.

    Raises:
        VideoError: it is not a video, or lacks the requested track.
    """

    def __init__(
        self,
        path: str | os.PathLike,
        max_pixels: int,
        track: int | None = None,
        language: str | None = None,
    ) -> None:
        """Opens a video; `track` counts from 0 within the `language`."""
        self._asked = track, language
        self.rate, self.why_absent = 0, ""
        self._video = video_file.VideoFile(path, max_pixels)
        try:
            self._from_start = self._prepared()
        except BaseException:
            self._video.container.close()
            raise
        self.present = bool(self._from_start.head)
        if not self.present:
            self.why_absent = self.why_absent or "its audio cannot be decoded"

    def __enter__(self) -> "AudioTrack":
        return self

    def __exit__(self, *failure: object) -> None:
        self._video.container.close()

    def blocks(self, start: int = 0) -> Iterator[audio_clock.Block]:
        """Decodes from sample `start`, or earlier, to the end; call it once.

        Yields:
            Blocks that may leave gaps between them, or overlap.
        """
        run = None
        if start > _WARM_UP_SECONDS * self.rate:
            run = self._sought(start)
            if run is None:
                self._video.container.close()
                self._video.reopen()
                self._from_start = self._prepared()
        yield from (run or self._from_start).blocks()

    def _prepared(self) -> audio_clock.Run:
        """Selects the track of a newly opened container."""
        self._stream = _picked(self._video, *self._asked)
        for stream in self._video.container.streams:
            if stream is not self._stream:
                stream.discard = av.stream.Discard.all
        if self._stream is None:
            self.why_absent = "no audio"
        elif self._stream.codec_context is None:
            self.why_absent = "its audio has a codec without a decoder"
        else:
            self._stream.codec_context.thread_count = 1
        return self._run()

    def _sought(self, start: int) -> audio_clock.Run | None:
        """Seeks to shortly before `start`; returns None on failure."""
        seconds = Fraction(start, self.rate) - Fraction(_WARM_UP_SECONDS)
        moment = seconds + self._video.start_seconds
        try:
            offset = int(moment / self._stream.time_base)
            self._video.container.seek(offset, stream=self._stream)
        except av.FFmpegError:
            return None
        run = self._run()
        tick = float(self._stream.time_base * self.rate)
        name = self._stream.codec_context.name
        run.continues(self._from_start, tick, name)
        return None if run.place is None or run.place > start else run

    def _run(self) -> audio_clock.Run:
        decoded = self._decoded()
        first = list(itertools.islice(decoded, 1))  # It tells the rate.
        return audio_clock.Run(itertools.chain(first, decoded), self.rate)

    def _decoded(self) -> Iterator[audio_clock.Stated]:
        """Decodes mono samples from the current position."""
        mixer = None
        for frame in self._frames():
            self.rate = self.rate or frame.sample_rate
            mixer = mixer or audio_filters.Mixer(self.rate)
            place = self._place_of(frame)
            try:
                for samples in mixer.mix(frame):
                    yield place, samples
                    place = None
            except (av.FFmpegError, ValueError) as error:
                _check_memory(error)

    def _frames(self) -> Iterator[Any]:
        if not self.why_absent:
            yield from frames(self._video, self._stream)

    def _place_of(self, frame: Any) -> float | None:
        if frame.pts is None:
            return None
        seconds = frame.pts * frame.time_base - self._video.start_seconds
        return float(seconds * self.rate)


def frames(video: video_file.VideoFile, stream: Any) -> Iterator[Any]:
    """Decodes a track from the current position of the container.

    Yields:
        `av.AudioFrame`; skips damaged ones and ends where the file ends.
    """
    try:
        for packet in video.container.demux(stream):
            yield from _decode(packet)
    except av.FFmpegError as error:  # The rest of the file is missing.
        _check_memory(error)


def _picked(
    video: video_file.VideoFile, track: int | None, language: str | None
) -> Any:
    """Returns the requested stream, else the main one; None for no audio."""
    streams = video.container.streams
    if track is None and language is None:
        return streams.best("audio", related=video.stream)
    code = language and language.lower()
    fitting = [
        stream
        for stream in streams.audio
        if code in (None, (stream.language or "").lower())
    ]
    if (track or 0) < len(fitting):
        return fitting[track or 0]
    request = "" if track is None else f" {track}"
    request += "" if language is None else f" in language {language!r}"
    known = [
        f"{number} ({stream.language or 'no language'})"
        for number, stream in enumerate(streams.audio)
    ]
    raise video.error(
        "no_track",
        f"has no audio track{request}; it has {', '.join(known) or 'no audio'}",
    )


def _decode(packet: Any) -> list[Any]:
    try:
        frames = packet.decode()
    except av.FFmpegError as error:
        _check_memory(error)
        return []
    return [frame for frame in frames if not frame.is_corrupt]


def _check_memory(error: Exception) -> None:
    """Raises MemoryError if memory is really short.

    FFmpeg also reports "cannot allocate memory" for nonsensical sizes.
    """
    if isinstance(error, MemoryError):
        bytearray(_SPARE_BYTES)
