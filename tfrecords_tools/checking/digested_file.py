"""A file that is read once, front to back, and hashed meanwhile."""

import hashlib
from typing import IO

_BLOCK = 1 << 20


class DigestedFile:
    """Reads an open file and computes SHA-256 of all of it.

    Attributes:
        position: bytes read so far.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        """Wraps a file at its start."""
        self._stream = stream
        self._digest = hashlib.sha256()
        self.position = 0

    def read(self, size: int) -> bytes:
        """Returns the next `size` bytes; fewer at the end."""
        data = self._stream.read(size)
        self._digest.update(data)
        self.position += len(data)
        return data

    def seek(self, offset: int) -> None:
        """Skips to `offset`; skipped bytes are hashed, too."""
        while self.position < offset:
            if not self.read(min(_BLOCK, offset - self.position)):
                return

    def hexdigest(self) -> str:
        """Returns SHA-256 of the whole file; reads the rest."""
        while self.read(_BLOCK):
            pass
        return self._digest.hexdigest()
