"""Reads the records of one shard and compares them with its index."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from tfrecords_tools import manifest, schema
from tfrecords_tools.base.files import tfrecord
from tfrecords_tools.checking import (
    census,
    digested_file,
    record_check,
    track_check,
)

MOST = 20  # Lines per shard; a wholly damaged one has a fault in every record.
_REPORT_BYTES = 1 << 24  # Bytes between progress updates.
_CLIP, _OFFSET, _LENGTH, _CRC, _FIRST, _FRAMES, _START, _END = range(8)


class Walk:
    """One pass over one shard.

    Attributes:
        lines: faults, as suffixes for the name of the shard; at most `MOST`.
        left_out: number of further lines.
        is_torn: whether the records are damaged or differ from the index,
            whatever their contents.
        counted: statistics of the clips.
    """

    def __init__(
        self,
        dataset: manifest.Manifest,
        split: str,
        shard: str,
        rows: np.ndarray | None,
        samples: int,
    ) -> None:
        """Sets the index rows; None for a damaged index."""
        self._dataset, self._split, self._shard = dataset, split, shard
        self._rows = rows
        self.lines: list[str] = []
        self.left_out = 0
        self.is_torn = False
        self.counted = census.Census(samples)

    def read(
        self, stream: digested_file.DigestedFile, size: int
    ) -> Iterator[int]:
        """Reads the records; yields bytes read since the last time."""
        known = 0 if self._rows is None else len(self._rows)
        place = reported = offset = 0
        while True:
            for record in tfrecord.read(stream, size, offset):
                self._look(record, place)
                place += 1
                offset = record.offset
                if stream.position - reported >= _REPORT_BYTES:
                    yield stream.position - reported
                    reported = stream.position
            # A damaged length ends the pass; the index has what follows.
            follows = self._rows[place, _OFFSET] if place < known else size
            if not offset < follows < size:
                break
            offset = int(follows)
        yield size - reported
        if self._rows is not None and place != known:
            self._miscounted(place)

    def _say(self, text: str) -> None:
        if len(self.lines) < MOST:
            self.lines.append(text)
        else:
            self.left_out += 1

    def _miscounted(self, count: int) -> None:
        self.is_torn = True
        text = f": {count} records, the index has {len(self._rows)}"
        if count < len(self._rows):
            row = self._rows[count]
            text += (
                f"; missing from offset {row[_OFFSET]}, clip {row[_CLIP]}, on"
            )
        self._say(text)

    def _look(self, record: tfrecord.Record, place: int) -> None:
        known = self._rows is not None and place < len(self._rows)
        row = self._rows[place] if known else None
        where = f", offset {record.offset}"
        where += f", clip {row[_CLIP]}" if known else ""
        if record.fault:
            self.is_torn = True
            self._say(f"{where}: {record.fault}")
            return
        try:
            parsed = schema.decode(
                record.data, self._dataset.contents, arrays=True
            )
        except ValueError as error:
            self._say(f"{where}: {error}")
            return
        for fault in self._faults(record, parsed, row):
            self._say(f"{where}: {fault}")
        if row is not None and row[_FIRST] == 0:
            path = parsed["path"].decode(errors="replace")
            clip = census.sample(
                self._split, self._shard, path, self._rows, place
            )
            self.counted.add(parsed, self._dataset, clip)

    def _faults(
        self,
        record: tfrecord.Record,
        parsed: dict[str, Any],
        row: np.ndarray | None,
    ) -> Iterator[str]:
        if row is not None:
            found = record.offset, len(record.data), record.crc
            if found != tuple(row[[_OFFSET, _LENGTH, _CRC]]):
                self.is_torn = True
                yield "offset, length or checksum is not the index's"
            frames = len(parsed["frames"])
            if not row[_FRAMES] and frames == 1:
                frames = 0  # Frame of the chunk whose audio continues.
            found = frames, parsed["start_time"], parsed["end_time"]
            if found != tuple(row[[_FRAMES, _START, _END]]):
                self.is_torn = True
                yield "frames or times are not the index's"
        yield from record_check.label_faults(parsed, self._dataset)
        yield from record_check.faults(
            parsed,
            self._dataset.labels,
            self._dataset.storage,
            self._dataset.key_every,
        )
        yield from track_check.faults(parsed, self._dataset.contents)
