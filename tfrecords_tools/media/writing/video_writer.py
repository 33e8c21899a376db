"""Writes a video frame by frame as H.264, with the audio of another file.

Each frame keeps its own time. Memory holds only the encoder's look-ahead, so
the video may have any length.
"""

import contextlib
import functools
import os
import pathlib
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av
import numpy as np

from tfrecords_tools.base import atomic_write, errors
from tfrecords_tools.media.audio import copied_audio
from tfrecords_tools.media.writing import h264_stream, writing_errors

# Late starts use ticks of the movie, milliseconds by default.
_MP4 = {"movflags": "+faststart", "movie_timescale": "90000"}
CONTAINERS = {".mp4": "mp4", ".m4v": "mp4", ".mkv": "matroska"}


@contextlib.contextmanager
def writing(
    path: str | os.PathLike,
    height: int,
    width: int,
    format: h264_stream.StreamFormat,
    audio: copied_audio.CopiedAudio | None = None,
) -> Iterator["Writer"]:
    """Yields a `Writer`; the file gets its name only on success.

    Args:
        path: ends in one of `CONTAINERS`; replaced on success.
        height: of the frames, pixels. Where it is odd, the last row is
            written twice, since H.264 stores colours for two rows.
        width: the same.
        format: properties of the stream.
        audio: of an open file; None writes no audio.

    Raises:
        UserError: the disk is full or the place is not writable; the suffix
            is unknown; or the encoder or container refuses its input. The
            previous file is untouched.
    """
    explained = functools.partial(writing_errors.explained, path)
    kind = _kind(path)
    options = _MP4 | h264_stream.mp4_options(format) if kind == "mp4" else {}
    with atomic_write.renamed(path) as unfinished:
        with explained():
            container = av.open(
                f"file:{unfinished}",  # Else a colon ends a protocol's name.
                "w",
                kind,
                container_options=options,
            )
        try:
            with explained():
                writer = Writer(path, container, height, width, format, audio)
            yield writer
            with explained():
                writer._finish()
                container.close()
        except BaseException:
            # Closing moves an mp4's index to the front: not of a nameless one.
            unfinished.unlink(missing_ok=True)
            with contextlib.suppress(Exception):
                container.close()
            raise
        _sync(unfinished)


def _kind(path: str | os.PathLike) -> str:
    ending = pathlib.Path(path).suffix.lower()
    if ending not in CONTAINERS:
        raise errors.UserError(
            f"cannot write {path}: its suffix is {ending or 'missing'!r}, "
            f"wanted one of {', '.join(CONTAINERS)}"
        )
    return CONTAINERS[ending]


class Writer:
    """Writer yielded by `writing`.

    Attributes:
        frames: number written so far.
    """

    def __init__(
        self,
        path: str | os.PathLike,
        container: Any,
        height: int,
        width: int,
        format: h264_stream.StreamFormat,
        audio: copied_audio.CopiedAudio | None,
    ) -> None:
        self.frames = 0
        self._path = path
        self._container, self._audio = container, audio
        self._size = height, width
        self._video = h264_stream.VideoStream(container, height, width, format)
        if audio is not None:
            audio.add_to(container)
        container.start_encoding()
        self._lengths: dict[int, int] = {}  # In ticks, of frames in x264.
        self._held: Any = None  # The newest frame; it may be the last one.
        self._last, self._cut = -1, None
        in_mp4 = container.format.name == "mp4"
        self._most = h264_stream.MAX_TICKS if in_mp4 else None

    def write(self, pixels: np.ndarray, time: int, end_time: int) -> None:
        """Writes the next frame.

        Args:
            pixels: uint8 [height, width, 3] RGB.
            time: presentation time, microseconds, increasing.
            end_time: when its presentation ends.

        Raises:
            UserError: as of `writing`; also a ValueError where the frame is
                of another shape or type.
        """
        if pixels.shape != (*self._size, 3) or pixels.dtype != np.uint8:
            raise writing_errors.UnfitFrames(
                f"frame is {pixels.dtype} {list(pixels.shape)}, wanted uint8 "
                f"{[*self._size, 3]}: give all frames of {self._path} one size"
            )
        with writing_errors.explained(self._path):
            self._write(pixels, time, end_time)

    def _write(self, pixels: np.ndarray, time: int, end_time: int) -> None:
        if self._audio is not None:
            self._audio.mux_until(self._container, time)
        frame, tick = self._video.frame(pixels), self._video.tick
        start = max(self._last + 1, round(Fraction(time, 1_000_000) / tick))
        end = round(Fraction(end_time, 1_000_000) / tick)
        self._last = frame.pts = start
        self._lengths[start] = max(1, end - start)
        if self._held is not None:
            self._mux(self._held)
        self._held = frame
        self.frames += 1

    def cut_audio(self, time: int) -> None:
        """Ends the audio at `time`, microseconds."""
        self._cut = time

    def _finish(self) -> None:
        if not self.frames:
            raise errors.UserError(
                f"cannot write {self._path}: got no frames, wanted at least one"
            )
        if self._held is not None:
            # A muxer takes the length of the last packet, and only behind a
            # key frame none comes that is shown earlier.
            self._held.pict_type = av.video.frame.PictureType.I
            self._mux(self._held)
        self._mux(None)
        if self._audio is not None:
            self._audio.mux_until(self._container, self._cut)

    def _mux(self, frame: Any) -> None:
        for packet in self._video.stream.encode(frame):
            # A muxer has no other way to know how long the last one lasts.
            packet.duration = self._lengths.pop(packet.pts)
            late = packet.pts - packet.dts
            if self._most and max(late, packet.duration) > self._most:
                raise writing_errors.refusal(
                    self._path, f"duration: {packet.duration} ticks"
                )
            self._container.mux(packet)


def _sync(path: pathlib.Path) -> None:
    with open(path, "rb+") as file:
        os.fsync(file.fileno())
