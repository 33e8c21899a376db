"""The audio of a video file, cut as the audio of clips in shards is.

Decoded once, in order, with the audio of one window in memory.
"""

import pathlib
from collections.abc import Callable, Iterator

import numpy as np

from launch.serving import model_metadata
from tfrecords_tools.base import errors, isolated
from tfrecords_tools.base.text import printable
from tfrecords_tools.media.audio import audio_reader

_SECOND = 1_000_000  # Microseconds.

Decode = Callable[[pathlib.Path, audio_reader.Config, int], Iterator]
"""Yields the audio of a file, as `decode` does."""


def decode(
    path: pathlib.Path, config: audio_reader.Config, max_pixels: int
) -> Iterator[np.ndarray]:
    """Yields a file's audio second by second, float32 [rate]; never ends.

    A file without audio yields nothing.
    """
    with audio_reader.AudioReader(path, config, max_pixels) as audio:
        start = 0
        while audio.present:
            yield audio.take(start, start + _SECOND)
            start += _SECOND


class IsolatedAudio:
    """A `Decode` whose decoder is another process, in a `with` statement."""

    def __init__(self) -> None:
        """Starts nothing yet."""
        self._process = isolated.Process(isolated.Config(), decode)

    def __enter__(self) -> "IsolatedAudio":
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()

    def __call__(
        self, path: pathlib.Path, config: audio_reader.Config, max_pixels: int
    ) -> Iterator[np.ndarray]:
        """Yields as `decode`.

        Raises:
            UserError: the file lacks the track, or harms its decoder.
        """
        try:
            yield from self._process.run(path, config, max_pixels)
        except isolated.Died as death:
            name = printable.in_unicode(str(path))
            raise errors.UserError(f"{name}: {death.reason}") from None

    def close(self) -> None:
        """Ends the process."""
        self._process.close()

    def interrupt(self) -> None:
        """Ends the process and refuses to start another; thread-safe."""
        self._process.interrupt()


class FileAudio:
    """Cuts waveforms out of one file."""

    def __init__(
        self,
        path: pathlib.Path,
        metadata: model_metadata.ModelMetadata,
        read: Decode = decode,
    ):
        """Opens nothing yet; `metadata` is that of a model that hears."""
        audio = metadata.audio
        self._rate, self._most = audio.rate, audio.samples
        self._blocks = read(path, audio.media, metadata.media.max_pixels)
        self._held = np.zeros(0, np.float32)
        self._end = 0  # Of what is held, in samples of the file.

    def cut(self, span: tuple[int, int]) -> np.ndarray:
        """Returns the audio of a clip; clips are in order of their start.

        Args:
            span: start of the first and end of the last frame, microseconds.

        Returns:
            float32 [n], at most the samples of a clip; empty without audio.

        Raises:
            UserError: the file cannot be read.
        """
        first, last = (round(time * self._rate / _SECOND) for time in span)
        last = min(last, first + self._most)
        self._drop(first)
        while self._end < last:
            block = next(self._blocks, None)
            if block is None:
                return np.zeros(0, np.float32)
            self._held = np.concatenate([self._held, block])
            self._end += len(block)
            self._drop(first)
        return self._held[: last - first]

    def _drop(self, first: int) -> None:
        """Drops samples before `first`."""
        begin = self._end - len(self._held)
        self._held = self._held[max(0, first - begin) :]
