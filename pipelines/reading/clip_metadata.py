"""What the records of a split state about each clip, besides its frames.

Reads the beginning of the first record of each clip; no frame is read, unless
the shards hold audio.
"""

import concurrent.futures
import struct
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from pipelines.reading import shard_reader
from tfrecords_tools import manifest as manifests
from tfrecords_tools import schema
from tfrecords_tools.base import errors
from tfrecords_tools.base.files import sequence_example, shard_index, tfrecord

FIELDS = ("width", "height", "frame rate", "length", "audio")

_COLUMN = {name: i for i, name in enumerate(shard_index.COLUMNS)}
_BEGINNING = 4096  # Bytes; captions of some words fit.


class ClipMetadata(NamedTuple):
    """One clip.

    Attributes:
        number: of the clip within its split, `clip_id` in batches.
        path: of its video, relative to the root of the videos.
        start_seconds: of its first frame in the video.
        end_seconds: of its last frame.
        width: of stored frames, pixels.
        height: the same.
        frame_rate: frames per second.
        has_audio: whether its first record holds a sample that is not 0.
        label_ids: places in the manifest's list of labels; by label set,
            empty for the main one.
    """

    number: int
    path: str
    start_seconds: float
    end_seconds: float
    width: int
    height: int
    frame_rate: float
    has_audio: bool
    label_ids: dict[str, tuple[int, ...]]

    @property
    def vector(self) -> tuple[float, ...]:
        """The numbers that `FIELDS` names."""
        seconds = self.end_seconds - self.start_seconds
        shape = float(self.width), float(self.height)
        return (*shape, self.frame_rate, seconds, float(self.has_audio))


def read(
    reader: shard_reader.ShardReader, most: int | None = None
) -> list[ClipMetadata]:
    """Reads the metadata of the clips of a split, in their order.

    Args:
        reader: of the split.
        most: maximum number of clips, evenly spaced; unset: all.

    Raises:
        UserError: a record is damaged.
    """
    has_audio = "waveform" in reader.manifest.extras

    def metadata(row: dict[str, int], record: dict[str, Any]) -> ClipMetadata:
        return ClipMetadata(
            row["clip"],
            record["path"].decode(errors="replace"),
            row["start_time"] / 1e6,
            row["end_time"] / 1e6,
            record["width"],
            record["height"],
            record["frame_rate"],
            bool(has_audio and np.any(record["waveform"])),
            {
                task: tuple(
                    record[f"{task}.label_ids" if task else "label_ids"]
                )
                for task in ("", *reader.manifest.tasks)
            },
        )

    return read_records(reader, metadata, most, whole=has_audio)


def read_records(
    reader: shard_reader.ShardReader,
    describe: Callable[[dict[str, int], dict[str, Any]], Any],
    most: int | None = None,
    whole: bool = False,
) -> list[Any]:
    """Reads the first record of the clips of a split, in their order.

    Args:
        reader: of the split.
        describe: given the index row of the record, with the clip's end, and
            the record; what is kept of a clip.
        most: maximum number of clips, evenly spaced; unset: all.
        whole: whether to read frames, audio and words, too.

    Returns:
        What `describe` returns for each clip.

    Raises:
        UserError: a record is damaged.
    """
    chunks = [_first_chunks(reader.index_rows(s)) for s in reader.shards]
    step = max(1.0, reader.clips / (most or reader.clips))
    is_read = np.zeros(reader.clips, bool)
    is_read[np.arange(0, reader.clips, step).astype(int)] = True
    of_shards = np.split(is_read, np.cumsum([len(c) for c in chunks])[:-1])
    parts = [c[mask] for c, mask in zip(chunks, of_shards, strict=True)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        found = pool.map(
            lambda shard, part: _of_shard(reader, shard, part, whole, describe),
            reader.shards,
            parts,
        )
        return [clip for clips in found for clip in clips]


def _first_chunks(rows: np.ndarray) -> np.ndarray:
    """The index rows of the first chunk of each clip, with the clip's end."""
    firsts = np.flatnonzero(rows[:, _COLUMN["first_frame"]] == 0)
    ends = np.maximum.reduceat(rows[:, _COLUMN["end_time"]], firsts)
    chunks = rows[firsts]
    chunks[:, _COLUMN["end_time"]] = ends
    return chunks


def _of_shard(
    reader: shard_reader.ShardReader,
    shard: manifests.Shard,
    rows: np.ndarray,
    whole: bool,
    describe: Callable,
) -> list[Any]:
    if not len(rows):
        return []
    path = reader.path(shard)
    try:
        with tf.io.gfile.GFile(path, "rb") as stream:
            return [
                describe(*each)
                for each in _parsed(stream, rows, reader.manifest, whole)
            ]
    except (tf.errors.OpError, OSError, ValueError) as error:
        raise errors.UserError(
            f"a record of {path} is damaged ({error}): python -m "
            f"tfrecords_tools.check_shards --shards={reader.folder} lists all "
            "damage"
        ) from error


def _parsed(
    stream: Any, rows: np.ndarray, manifest: manifests.Manifest, whole: bool
) -> Iterable[tuple[dict[str, int], dict[str, Any]]]:
    for row in rows:
        value = {name: int(row[place]) for name, place in _COLUMN.items()}
        data = _beginning(stream, value["offset"], value["length"], whole)
        yield value, schema.decode(data, manifest.contents, arrays=True)


def _beginning(stream: Any, offset: int, length: int, whole: bool) -> bytes:
    """The context of a record, or the whole record."""
    stream.seek(offset)
    head = stream.read(tfrecord.HEADER)
    if (
        len(head) < tfrecord.HEADER
        or struct.unpack("<Q", head[:8])[0] != length
    ):
        raise ValueError(f"at byte {offset} begins no record of {length} bytes")
    data = stream.read(length if whole else min(length, _BEGINNING))
    size = None if whole else sequence_example.context_bytes(data)
    size = length if size is None else size
    if size > len(data):
        data += stream.read(size - len(data))
    return data[:size]
