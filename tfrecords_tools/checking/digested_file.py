"""A file that is read once, from start to end, and summed up meanwhile."""

import hashlib
from typing import IO

_BLOCK = 1 << 20


class DigestedFile:
    """Gives what an open file holds, and the SHA-256 of all of it.

    Attributes:
        position: bytes given so far.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        """Takes a file at its start."""
        self._stream = stream
        self._digest = hashlib.sha256()
        self.position = 0

    def read(self, size: int) -> bytes:
        """The next `size` bytes; fewer at the end."""
        data = self._stream.read(size)
        self._digest.update(data)
        self.position += len(data)
        return data

    def seek(self, offset: int) -> None:
        """Goes on to `offset`; what is passed over is summed up, too."""
        while self.position < offset:
            if not self.read(min(_BLOCK, offset - self.position)):
                return

    def hexdigest(self) -> str:
        """SHA-256 of the whole file, whose rest is read for it."""
        while self.read(_BLOCK):
            pass
        return self._digest.hexdigest()
