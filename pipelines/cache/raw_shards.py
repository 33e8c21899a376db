"""Rewrites one shard: the same clips, small, as bare pixels, in short records.

Which shards are rewritten, and where to, is decided in frame_cache.
"""

import hashlib
import os
import pathlib
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from pipelines.cache import raw_records, small_frames
from tfrecords_tools import manifest as manifests
from tfrecords_tools import schema
from tfrecords_tools.base import atomic_write, errors
from tfrecords_tools.base.files import shard_file, shard_index

_CLIP, _FIRST, _FRAMES = map(
    shard_index.COLUMNS.index, ("clip", "first_frame", "frames")
)


class Form(NamedTuple):
    """How frames are stored.

    Attributes:
        short_side: pixels; frames that are smaller stay as they are.
        chunk_frames: in a record at most.
    """

    short_side: int
    chunk_frames: int


def write(
    source: str,
    target: pathlib.Path,
    about: manifests.Manifest,
    form: Form,
    done: Callable[[int], None] = lambda frames: None,
) -> manifests.Shard:
    """Writes a shard and its index, each whole or not at all.

    Args:
        source: the shard to read; its index stands beside it.
        target: the shard to write.
        about: manifest that `source` belongs to.
        form: how frames are stored.
        done: told after each record of `source` how many frames it held.

    Returns:
        The manifest's entry of `target`; equal shards give equal bytes.

    Raises:
        UserError: `source` is damaged, or `target` cannot be written.
    """
    decoded = small_frames.of_shard(source, about, form.short_side)
    with atomic_write.file(target) as stream:
        made = shard_file.ShardFile(stream)
        try:
            rows = _rows(source)
            for row, pair in zip(rows.tolist(), decoded, strict=True):
                _add(made, row, *pair, about.contents, form.chunk_frames)
                done(row[_FRAMES])
        except (tf.errors.OpError, ValueError) as error:
            raise errors.UserError(
                f"{source} is damaged: python -m tfrecords_tools.check_shards "
                f"--shards={os.path.dirname(source)} says where; then build "
                "the shards again"
            ) from error
    index = shard_index.path_of(target)
    shard_index.write(index, np.array(made.rows), schema.VERSION)
    return manifests.Shard(
        name=target.name,
        clips=len(np.unique(rows[:, _CLIP])),
        chunks=len(made.rows),
        frames=int(rows[:, _FRAMES].sum()),
        size=made.size,
        sha256=made.digest.hexdigest(),
        index_sha256=hashlib.sha256(index.read_bytes()).hexdigest(),
    )


def expected_bytes(
    path: str, shard: manifests.Shard, about: manifests.Manifest, form: Form
) -> float:
    """Size of what `write` would write, as if all clips were like the first.

    Args:
        path: the shard to read.
        shard: its entry in `about`.
        about: manifest that it belongs to.
        form: how frames would be stored.
    """
    records = tf.data.TFRecordDataset(path).take(1).as_numpy_iterator()
    try:
        for data in records:
            record = schema.decode(data, about.contents, arrays=True)
            frames = record["frames"]
            besides = (len(data) - sum(map(len, frames))) / len(frames)
            size = record["height"], record["width"]
            high, wide = small_frames.shape(*size, form.short_side).numpy()
            return shard.frames * (3.0 * high * wide + besides)
    except (tf.errors.OpError, ValueError):
        pass  # `write` tells what is wrong.
    return 0.0


def _rows(shard: str) -> np.ndarray:
    """The shard's index, from any file system that TensorFlow knows."""
    path = f"{shard.removesuffix('.tfrecord')}.index"
    with tf.io.gfile.GFile(path, "rb") as stream:
        return shard_index.decode(path, stream.read(), schema.VERSION)


def _add(
    made: shard_file.ShardFile,
    row: list[int],
    record: dict[str, Any],
    pixels: np.ndarray,
    contents: schema.Contents,
    most: int,
) -> None:
    """Appends a record's pieces."""
    if not row[_FRAMES]:  # What it repeats is for readers of JPEGs.
        pixels = pixels[:0]
        record = record | {"times": record["times"][:0]}
    if row[_FRAMES] != len(pixels):
        raise ValueError("the index belongs to another shard")
    first = row[_FIRST]
    for piece in raw_records.pieces(record, pixels, contents.extras, most):
        data = schema.encode(piece, contents)
        frames = len(piece["frames"])
        span = piece["start_time"], piece["end_time"]
        made.add(data, row[_CLIP], first, frames, span)
        first += frames
