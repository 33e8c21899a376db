"""Frames of video files that may crash, hang or bloat their decoder.

They are decoded in a process of their own, as when shards are built; so one
file in an archive costs its own answer, not those of all others.
"""

import pathlib
from collections.abc import Callable, Iterator

from tfrecords_tools.base import errors, isolated
from tfrecords_tools.base.text import printable
from tfrecords_tools.media import reader

Read = Callable[[pathlib.Path, reader.Config], Iterator[reader.Frame]]
"""Yields the frames of a video, as `reader.read_frames` does."""


class IsolatedFrames:
    """A `Read` whose decoder is another process, in a `with` statement."""

    def __init__(
        self,
        limits: isolated.Config = isolated.Config(),
        read: Read = reader.read_frames,
    ):
        """Starts nothing yet.

        Args:
            limits: of the process; its CPU time is that of one frame.
            read: called in the process; a function of a module.
        """
        self._process = isolated.Process(limits, read)

    def __enter__(self) -> "IsolatedFrames":
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()

    def __call__(
        self, path: pathlib.Path, media: reader.Config
    ) -> Iterator[reader.Frame]:
        """Yields the frames in order of time.

        Raises:
            UserError: the file cannot be read, or harms its decoder.
        """
        try:
            yield from self._process.run(path, media)
        except isolated.Died as death:
            name = printable.in_unicode(str(path))
            raise errors.UserError(f"{name}: {death.reason}") from None

    def close(self) -> None:
        """Ends the process."""
        self._process.close()

    def interrupt(self) -> None:
        """Ends the process and refuses to start another; thread-safe."""
        self._process.interrupt()
