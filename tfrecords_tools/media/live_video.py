"""Opens a video that may still be written: a file, a FIFO, or stdin.

A pipe is read once, as data arrives, without seeking.
"""

import os
import time
from collections.abc import Iterator
from typing import Any

import av

from tfrecords_tools.base import interrupt
from tfrecords_tools.media import video_file

STDIN = "-"
# FFmpeg reads this far ahead, bytes and microseconds, to detect the streams;
# its default is 5 seconds.
_LOOK = {"probesize": "1000000", "analyzeduration": "1000000"}


class LiveVideo(video_file.VideoFile):
    """An open video; use it in a `with` statement.

    Attributes:
        path: the file or FIFO, or `STDIN`.
        container: PyAV's input container.
        stream: its best video stream.

    Raises:
        VideoError: it is not a video, or its format needs seeking.
    """

    def __init__(self, path: str | os.PathLike, max_pixels: int) -> None:
        self._pipe: _Pipe | None = None
        super().__init__(path, max_pixels)

    @property
    def is_live(self) -> bool:
        """Whether the video is read from a pipe."""
        return self._pipe is not None

    @property
    def waited_seconds(self) -> float:
        """Total seconds that reads waited for the pipe."""
        return self._pipe.waited_seconds if self._pipe else 0.0

    def packets(self) -> Iterator[Any]:
        """Yields packets of the stream as they arrive."""
        packets = self.container.demux(self.stream)
        while True:
            with self._pipe.interrupt.inside():
                packet = next(packets, None)
            if packet is None:
                return
            yield packet

    def error(self, status: str, reason: str) -> video_file.VideoError:
        """Returns a `VideoError` that names stdin."""
        name = "stdin" if self.path == STDIN else self.path
        return video_file.VideoError(name, status, reason)

    def _check_file(self) -> None:
        is_pipe = self.path == STDIN or os.path.exists(self.path)
        if not is_pipe or os.path.isfile(self.path) or os.path.isdir(self.path):
            super()._check_file()

    def _container(self) -> Any:
        if os.path.isfile(self.path):
            return super()._container()
        self._pipe = _Pipe(self.path)
        try:
            with self._pipe.interrupt.inside():
                return av.open(
                    self._pipe,
                    options=self._limits | _LOOK,
                    container_options={"protocol_whitelist": "pipe"},
                )
        except (av.FFmpegError, ValueError) as error:
            self._pipe.close()
            if not self._pipe.any_came:
                raise self.error("empty", "ended without a byte") from error
            text = getattr(error, "strerror", None) or str(error)
            raise self.error(
                "unreadable",
                "is no video that can be read from a pipe, such as MPEG-TS "
                f"or Matroska: {text}",
            ) from error

    def _is_cut(self) -> bool:
        return not self.is_live and super()._is_cut()


class _Pipe:
    """File object for PyAV; cannot seek, and ends on Ctrl-C.

    Attributes:
        waited_seconds: total seconds that reads took.
        any_came: whether any byte was read.
        interrupt: records Ctrl-C, which PyAV would take for the end.
    """

    def __init__(self, path: str) -> None:
        self.waited_seconds = 0.0
        self.any_came, self._is_open = False, True
        self._own = path != STDIN
        self._file = os.open(path, os.O_RDONLY) if self._own else 0
        self.interrupt = interrupt.Noted()

    def read(self, size: int) -> bytes:
        """Returns up to `size` available bytes; nothing at the end."""
        began = time.perf_counter()
        is_there = self.interrupt.wait_for(self._file)
        data = os.read(self._file, size) if is_there else b""
        self.waited_seconds += time.perf_counter() - began
        self.any_came = self.any_came or bool(data)
        return data

    def close(self) -> None:
        """Closes the FIFO; a second time does nothing."""
        if not self._is_open:
            return
        self._is_open = False
        self.interrupt.close()
        if self._own:
            os.close(self._file)
