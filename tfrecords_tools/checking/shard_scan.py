"""Reads one shard once and checks that it is complete and as built.

SHA-256, checksums of records and checks of their contents take one pass;
memory is bounded by one record.
"""

import dataclasses
import hashlib
import pathlib
from collections.abc import Iterator

import numpy as np

from tfrecords_tools import manifest
from tfrecords_tools.base import errors
from tfrecords_tools.base.files import shard_index
from tfrecords_tools.checking import (
    census,
    digested_file,
    index_check,
    record_walk,
)


@dataclasses.dataclass(frozen=True)
class Scanned:
    """Results of one shard.

    Attributes:
        problems: one line each, with the shard's name.
        clips: int64, indices of its clips, increasing.
        counted: statistics of these clips.
    """

    problems: tuple[str, ...]
    clips: np.ndarray
    counted: census.Census


def scan(
    folder: pathlib.Path,
    dataset: manifest.Manifest,
    samples: int,
    split: str,
    stated: manifest.Shard,
) -> Iterator[int | Scanned]:
    """Reads a shard and its index.

    Args:
        folder: of the data set.
        dataset: its manifest.
        samples: clips per class to keep, for a contact sheet.
        split: of the shard.
        stated: the shard in the manifest.

    Yields:
        Bytes read since the last time, periodically; finally the results.
    """
    scanning = _Scan(folder, dataset, stated)
    try:
        scanning.read_index()
        yield from scanning.read_shard(split, samples)
        scanning.compare()
    except OSError as error:
        scanning.notes.append(f": cannot be read: {error.strerror or error}")
    yield scanning.findings()


class _Scan:
    """State of one scan; notes are about whole files."""

    def __init__(
        self,
        folder: pathlib.Path,
        dataset: manifest.Manifest,
        stated: manifest.Shard,
    ) -> None:
        self._dataset, self._stated = dataset, stated
        self._path = folder / stated.name
        self._index_path = shard_index.path_of(self._path)
        self._rows: np.ndarray | None = None
        self._walk: record_walk.Walk | None = None
        self._sum = self._index_sum = ""
        self.notes: list[str] = []

    def read_index(self) -> None:
        """Reads the index, unless it is damaged or of another shard."""
        path = self._index_path
        if not path.exists():
            self.notes.append(f": {path.name} is missing")
            return
        self._index_sum = hashlib.sha256(path.read_bytes()).hexdigest()
        owner = self._owner(self._index_sum)
        if owner != self._stated.name:
            self.notes.append(f": {path.name} holds the index of {owner}")
            return
        try:
            self._rows = shard_index.read(path, self._dataset.schema_version)
        except errors.UserError as error:
            self.notes.append(f": {str(error).replace(str(path), path.name)}")

    def read_shard(self, split: str, samples: int) -> Iterator[int]:
        """Reads the records; yields bytes read since the last time."""
        if not self._path.exists():
            self.notes.append(": the file is missing")
            return
        size, limit = self._path.stat().st_size, self._stated.size
        if limit and not size:
            self.notes.append(f": the file is empty, wanted {limit} bytes")
            return
        name = self._stated.name
        self._walk = record_walk.Walk(
            self._dataset, split, name, self._rows, samples
        )
        with open(self._path, "rb") as file:
            stream = digested_file.DigestedFile(file)
            yield from self._walk.read(stream, size)
            self._sum = stream.hexdigest()
        owner = self._owner(self._sum)
        if owner != name:
            self.notes.append(f": holds the bytes of {owner}")
            self._walk = None  # Its faults are only those of the index.

    def compare(self) -> None:
        """Compares checksums and counts if there are no notes yet."""
        stated, walk = self._stated, self._walk
        if self._rows is not None:
            self.notes += index_check.faults(self._rows, stated)
        if walk is None or walk.is_torn or self.notes:
            return
        other = self._sum != stated.sha256
        if other and self._index_sum != stated.index_sha256:
            self.notes.append(
                ": a shard of another data set or build; it matches its index, "
                "but neither has the manifest's SHA-256"
            )
        elif other:
            size = self._path.stat().st_size
            self.notes.append(
                f": SHA-256 is not the manifest's; {size} bytes, wanted "
                f"{stated.size}"
            )
        elif self._index_sum != stated.index_sha256:
            name = self._index_path.name
            self.notes.append(f": SHA-256 of {name} is not the manifest's")

    def findings(self) -> Scanned:
        lines = list(self.notes)
        if self._walk:
            lines += self._walk.lines
            if self._walk.left_out:
                lines.append(f": {self._walk.left_out} further problems")
        clips = [] if self._rows is None else self._rows[:, 0]
        return Scanned(
            tuple(f"{self._stated.name}{line}" for line in lines),
            np.unique(np.asarray(clips, np.int64)),
            self._walk.counted if self._walk else census.Census(),
        )

    def _owner(self, digest: str) -> str:
        """Returns the shard whose file or index has this SHA-256."""
        stated = self._stated
        if digest in (stated.sha256, stated.index_sha256):
            return stated.name
        for shards in self._dataset.splits.values():
            for shard in shards:
                if digest in (shard.sha256, shard.index_sha256):
                    return shard.name
        return stated.name
