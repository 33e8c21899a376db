"""A shard being written: its bytes, index rows and checksum."""

import hashlib
from typing import IO, Any

import google_crc32c

from tfrecords_tools.base.files import tfrecord


class ShardFile:
    """An open shard that can be rolled back to the end of a clip.

    Attributes:
        size: bytes so far.
        rows: of the index so far, as `shard_index.COLUMNS` says.
        digest: SHA-256 of the bytes so far.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.size = 0
        self.rows: list[tuple[int, ...]] = []
        self.digest = hashlib.sha256()

    def add(
        self,
        data: bytes,
        clip: int,
        first: int,
        frames: int,
        span: tuple[int, int],
    ) -> None:
        """Appends a record.

        Args:
            data: the record.
            clip: number of the clip within its split.
            first: its first frame, counted within the clip.
            frames: in the record.
            span: first and last time, microseconds.
        """
        crc = google_crc32c.value(data)
        framed = tfrecord.frame(data, crc)
        self.rows.append(
            (clip, self.size, len(data), crc, first, frames, *span)
        )
        self._stream.write(framed)
        self.digest.update(framed)
        self.size += len(framed)

    def mark(self) -> tuple[int, int, Any]:
        """Sets the position for `go_back`."""
        return self.size, len(self.rows), self.digest.copy()

    def go_back(self, mark: tuple[int, int, Any]) -> None:
        """Removes every record since `mark`."""
        self.size, rows, self.digest = mark
        del self.rows[rows:]
        self._stream.flush()
        self._stream.seek(self.size)
        self._stream.truncate()
