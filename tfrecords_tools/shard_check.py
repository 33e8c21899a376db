"""Finds out whether a folder of shards is whole and as it was built.

Everything that the manifest and the indexes state is compared with the
bytes; a problem names the shard, the offset and the clip.
"""

import dataclasses
import hashlib
import os
import pathlib
from collections.abc import Callable, Iterator

import numpy as np

from tfrecords_tools import manifest, record_check, schema, shard_plan
from tfrecords_tools.base import errors, shard_index, tfrecord

_BLOCK = 1 << 20
_CLIP, _OFFSET, _LENGTH, _CRC, _FIRST, _FRAMES, _START, _END = range(8)


def check(
    folder: str | os.PathLike,
    progress: Callable[[int], None] = lambda bytes_done: None,
) -> list[str]:
    """Reads every byte of a data set.

    Args:
        folder: the output of build_shards.
        progress: told how many bytes are done.

    Returns:
        One line a problem; none where all is well.

    Raises:
        UserError: there is no manifest that can be read.
    """
    folder = pathlib.Path(folder)
    made = manifest.read(folder)
    problems = list(_strangers(folder, made))
    done = 0
    for split, shards in made.splits.items():
        problems += _misnamed(split, shards)
        counts = np.zeros(len(made.labels), np.int64)
        clips: set[int] = set()
        for shard in shards:
            inside = _Shard(folder, made, shard)
            problems += [f"{shard.name}{p}" for p in inside.problems()]
            for number in sorted(clips & inside.clips):
                problems.append(
                    f"{shard.name}, clip {number}: stands in an earlier "
                    "shard, too"
                )
            clips |= inside.clips
            counts += inside.label_counts
            done += shard.size
            progress(done)
        problems += _miscounted(split, made, counts)
    return problems


def _strangers(folder: pathlib.Path, made: manifest.Manifest) -> Iterator[str]:
    tfrecords = [s.name for shards in made.splits.values() for s in shards]
    known = {*tfrecords, *(shard_index.path_of(n).name for n in tfrecords)}
    for path in sorted(folder.iterdir()):
        if shard_plan.NAME.fullmatch(path.name) and path.name not in known:
            yield f"{path.name}: is not in the manifest"


def _misnamed(split: str, shards: tuple[manifest.Shard, ...]) -> Iterator[str]:
    for number, shard in enumerate(shards):
        wanted = f"{split}-{number:05d}-of-{len(shards):05d}.tfrecord"
        if shard.name != wanted:
            yield f"{shard.name}: stands where {wanted} should"


def _miscounted(
    split: str, made: manifest.Manifest, counts: np.ndarray
) -> Iterator[str]:
    wanted = made.label_counts.get(split)
    if wanted is None or list(wanted) != counts.tolist():
        yield (
            f"{split}: clips of each label are {counts.tolist()}, the "
            f"manifest says {wanted and list(wanted)}"
        )


@dataclasses.dataclass
class _Shard:
    """One shard under examination."""

    folder: pathlib.Path
    made: manifest.Manifest
    stated: manifest.Shard

    def __post_init__(self) -> None:
        self.path = self.folder / self.stated.name
        self.clips: set[int] = set()
        self.label_counts = np.zeros(len(self.made.labels), np.int64)

    def problems(self) -> Iterator[str]:
        """Problems, each to stand after the shard's name."""
        index_path = shard_index.path_of(self.path)
        missing = [p.name for p in (self.path, index_path) if not p.exists()]
        if missing:
            yield f": {' and '.join(missing)} missing"
            return
        yield from self._other_bytes(self.path, self.stated.sha256)
        yield from self._other_bytes(index_path, self.stated.index_sha256)
        try:
            rows = shard_index.read(index_path, self.made.schema_version)
        except errors.UserError as error:
            yield f": {error}"
            rows = None
        yield from self._records(rows)
        if rows is not None:
            yield from self._totals(rows)

    def _other_bytes(self, path: pathlib.Path, wanted: str) -> Iterator[str]:
        found = _sha256(path)
        if found == wanted:
            return
        for shards in self.made.splits.values():
            for other in shards:
                if found in (other.sha256, other.index_sha256):
                    yield f": {path.name} holds the bytes of {other.name}"
                    return
        size = path.stat().st_size
        more = ""
        if path == self.path and size != self.stated.size:
            more = f"; {size} bytes, wanted {self.stated.size}"
        yield f": SHA-256 of {path.name} is not the manifest's{more}"

    def _records(self, rows: np.ndarray | None) -> Iterator[str]:
        size = self.path.stat().st_size
        count = 0
        with open(self.path, "rb") as stream:
            for record in tfrecord.read(stream, size):
                known = rows is not None and count < len(rows)
                row = rows[count] if known else None
                count += 1
                where = f", offset {record.offset}"
                where += f", clip {row[_CLIP]}" if known else ""
                if record.fault:
                    yield f"{where}: {record.fault}"
                    continue
                for fault in self._of_record(record, row):
                    yield f"{where}: {fault}"
        if rows is not None and count != len(rows):
            yield f": {count} records, the index has {len(rows)}"

    def _of_record(
        self, record: tfrecord.Record, row: np.ndarray | None
    ) -> Iterator[str]:
        try:
            parsed = schema.decode(record.data, self.made.contents)
        except ValueError as error:
            yield str(error)
            return
        if row is not None:
            found = (record.offset, len(record.data), record.crc)
            if found != tuple(row[[_OFFSET, _LENGTH, _CRC]]):
                yield "offset, length or checksum is not the index's"
            found = (len(parsed["frames"]), parsed["start_time"])
            found += (parsed["end_time"],)
            if found != tuple(row[[_FRAMES, _START, _END]]):
                yield "frames or times are not the index's"
            if row[_FIRST] == 0:
                self.label_counts += self._labels_of(parsed)
        yield from record_check.faults(parsed, self.made.labels)

    def _labels_of(self, parsed: dict) -> np.ndarray:
        length = len(self.made.labels)
        known = [i for i in parsed["label_ids"] if 0 <= i < length]
        return np.bincount(np.array(known, np.int64), minlength=length)

    def _totals(self, rows: np.ndarray) -> Iterator[str]:
        self.clips = set(rows[:, _CLIP].tolist())
        same = rows[1:, _CLIP] == rows[:-1, _CLIP]
        wanted = np.where(same, rows[:-1, _FIRST] + rows[:-1, _FRAMES], 0)
        for number in np.flatnonzero(rows[1:, _FIRST] != wanted) + 1:
            yield f", clip {rows[number, _CLIP]}: a chunk is missing"
        if len(rows) and rows[0, _FIRST]:
            yield f", clip {rows[0, _CLIP]}: its first chunk is missing"
        if np.any(rows[1:, _CLIP] < rows[:-1, _CLIP]):
            yield ": clips are out of order"
        found = (len(self.clips), len(rows), int(rows[:, _FRAMES].sum()))
        stated = self.stated
        if found != (stated.clips, stated.chunks, stated.frames):
            yield (
                ": clips, chunks and frames are {}, {} and {}".format(*found)
                + f", the manifest says {stated.clips}, {stated.chunks} and "
                f"{stated.frames}"
            )


def _sha256(path: pathlib.Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
