"""Copies the audio of a file into another one, in sync with its frames.

Packets are copied unchanged if the other container can hold them, else
re-encoded (encoded_audio). Each track is read on its own, and only as far as
needed, so memory does not grow with the length.
"""

import collections
import contextlib
import os
from collections.abc import Iterator
from typing import Any, NamedTuple

import av

from tfrecords_tools.media import video_file
from tfrecords_tools.media.audio import encoded_audio

# What players of mp4 take. FFmpeg would also write PCM, Vorbis and MP2.
_IN_MP4 = ("aac", "ac3", "alac", "eac3", "flac", "mp3", "opus")
_LEAST_MP3_RATE = 16_000  # In mp4.
_PRIMING = 4  # Packets; AAC of Apple has 2112 samples, HE-AAC a few more.


class _Track(NamedTuple):
    """Attributes:
    video: the file, opened for this track alone.
    source: the track in it.
    target: the track written.
    is_copied: whether its packets are copied unchanged.
    """

    video: video_file.VideoFile
    source: Any
    target: Any
    is_copied: bool


class CopiedAudio:
    """All audio tracks of a file; use it in a `with` statement.

    Attributes:
        words: how each track was handled, for messages.
    """

    def __init__(self, path: str | os.PathLike, max_pixels: int) -> None:
        """`path` is a local video file; `max_pixels` as for its frames."""
        self._path, self._max_pixels = path, max_pixels
        self._open_files = contextlib.ExitStack()
        self._tracks: list[Iterator[tuple[int, Any]]] = []
        self._next: list[tuple[int, Any] | None] = []
        self.words: list[str] = []

    def __enter__(self) -> "CopiedAudio":
        return self

    def __exit__(self, *failure: object) -> None:
        self._open_files.close()

    def add_to(self, container: Any) -> None:
        """Adds a track for each to an output container without packets."""
        for number in range(len(self._file().container.streams.audio)):
            video = self._file()
            source = video.container.streams.audio[number]
            for stream in video.container.streams:
                if stream is not source:
                    stream.discard = av.stream.Discard.all
            self._add(container, video, source)

    def mux_until(self, container: Any, time: int | None = None) -> None:
        """Writes packets that start before `time`, microseconds; None: all."""
        for place, track in enumerate(self._tracks):
            if self._next[place] is None:
                self._next[place] = next(track, None)
            while self._next[place] is not None:
                begin, packet = self._next[place]
                if time is not None and begin >= time:
                    break
                container.mux(packet)
                self._next[place] = next(track, None)

    def _file(self) -> video_file.VideoFile:
        video = video_file.VideoFile(self._path, self._max_pixels)
        return self._open_files.enter_context(video)

    def _add(
        self, container: Any, video: video_file.VideoFile, source: Any
    ) -> None:
        language = source.language
        name = "" if language in (None, "und") else f"{language} "
        codec = source.codec_context
        if codec is None or not codec.sample_rate:
            self.words.append(f"{name}dropped (a codec without a decoder)")
            return
        kind = codec.codec.canonical_name
        if _can_hold(container, codec, kind):
            target = container.add_stream_from_template(source)
            packets = _copied(video, source, target)
            self.words.append(f"{name}{kind} copied")
        else:
            target = encoded_audio.add_to(container, source)
            packets = encoded_audio.packets(video, source, target)
            self.words.append(f"{name}{kind} encoded as aac")
        target.metadata.update(_kept(source.metadata))
        with contextlib.suppress(AttributeError):
            target.disposition = source.disposition
        self._tracks.append(packets)
        self._next.append(None)


def _can_hold(container: Any, codec: Any, kind: str) -> bool:
    if codec.codec.name not in container.supported_codecs:
        return False
    if container.format.name != "mp4":
        return True
    return kind in _IN_MP4 and (
        kind != "mp3" or codec.sample_rate >= _LEAST_MP3_RATE
    )


def _kept(metadata: dict[str, str]) -> dict[str, str]:
    return {k: v for k, v in metadata.items() if k in ("language", "title")}


def _copied(
    video: video_file.VideoFile, source: Any, target: Any
) -> Iterator[tuple[int, Any]]:
    """Yields the start of each packet, microseconds, and the packet."""
    base = source.time_base
    start = round(video.start_seconds / base)
    after = last = None
    for packet in _with_priming(video, source, target):
        place = packet.pts if packet.pts is not None else packet.dts
        place = after if place is None else place - start
        if place is None:
            continue  # Before the first packet with a time.
        after = place + (packet.duration or 0)
        if last is not None:
            place = max(place, last + 1)
        last = packet.pts = packet.dts = place
        packet.time_base, packet.stream = base, target
        yield round(1_000_000 * place * base), packet


def _with_priming(
    video: video_file.VideoFile, source: Any, target: Any
) -> Iterator[Any]:
    """Drops packets that an edit list hides, except a decoder's first ones.

    Samples before 0 only prime the decoder. Mp4 marks them in an edit list;
    Matroska only if the source stated their number.
    """
    in_mp4 = target.container.format.name == "mp4"
    trims_priming = video.container.format.name.startswith("matroska")
    trims_priming = trims_priming or source.codec_context.name == "opus"
    hidden = collections.deque(maxlen=_PRIMING if in_mp4 else 0)
    for packet in demuxed(video, source):
        if packet.is_discard:
            if hidden is not None:
                hidden.append(packet)
            continue
        if hidden is not None:
            yield from hidden
            hidden = None
        early = packet.pts is not None and (
            packet.pts * source.time_base < video.start_seconds
        )
        if in_mp4 or trims_priming or not early:
            yield packet


def demuxed(video: video_file.VideoFile, source: Any) -> Iterator[Any]:
    """Yields the readable packets of one track."""
    with contextlib.suppress(av.FFmpegError):
        for packet in video.container.demux(source):
            if packet.size:
                yield packet
