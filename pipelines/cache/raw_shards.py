"""Rewrites a shard: the same clips as downscaled raw pixels, in short records.

frame_cache selects the shards and the target folder.
"""

import hashlib
import os
import pathlib
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from pipelines.cache import raw_records, scaled_frames
from tfrecords_tools import manifest as manifests
from tfrecords_tools import schema
from tfrecords_tools.base import atomic_write, errors
from tfrecords_tools.base.files import shard_file, shard_index

_CLIP, _FIRST, _FRAMES = map(
    shard_index.COLUMNS.index, ("clip", "first_frame", "frames")
)


class Form(NamedTuple):
    """How to store frames.

    Attributes:
        short_side: pixels; smaller frames keep their size.
        chunk_frames: maximum number of frames per record.
    """

    short_side: int
    chunk_frames: int


def write(
    source: str,
    target: pathlib.Path,
    manifest: manifests.Manifest,
    form: Form,
    done: Callable[[int], None] = lambda frames: None,
) -> manifests.Shard:
    """Writes a shard and its index, each whole or not at all.

    Args:
        source: shard to read, beside its index.
        target: shard to write.
        manifest: of `source`.
        form: how to store frames.
        done: called after each record of `source` with its number of frames.

    Returns:
        The manifest entry of `target`; equal shards give equal bytes.

    Raises:
        UserError: `source` is damaged, or `target` cannot be written.
    """
    decoded = scaled_frames.read_shard(source, manifest, form.short_side)
    with atomic_write.file(target) as stream:
        output = shard_file.ShardFile(stream)
        try:
            rows = _rows(source)
            for row, pair in zip(rows.tolist(), decoded, strict=True):
                _add(output, row, *pair, manifest.contents, form.chunk_frames)
                done(row[_FRAMES])
        except (tf.errors.OpError, ValueError) as error:
            raise errors.UserError(
                f"{source} is damaged: python -m tfrecords_tools.check_shards "
                f"--shards={os.path.dirname(source)} lists the damage; then "
                "build the shards again"
            ) from error
    index = shard_index.path_of(target)
    shard_index.write(index, np.array(output.rows), schema.VERSION)
    return manifests.Shard(
        name=target.name,
        clips=len(np.unique(rows[:, _CLIP])),
        chunks=len(output.rows),
        frames=int(rows[:, _FRAMES].sum()),
        size=output.size,
        sha256=output.digest.hexdigest(),
        index_sha256=hashlib.sha256(index.read_bytes()).hexdigest(),
    )


def expected_bytes(
    path: str, shard: manifests.Shard, manifest: manifests.Manifest, form: Form
) -> float:
    """Estimates the bytes that `write` writes from the first record.

    Args:
        path: shard to read.
        shard: its entry in `manifest`.
        manifest: of the shard.
        form: how to store frames.
    """
    records = tf.data.TFRecordDataset(path).take(1).as_numpy_iterator()
    try:
        for data in records:
            record = schema.decode(data, manifest.contents, arrays=True)
            frames = record["frames"]
            besides = (len(data) - sum(map(len, frames))) / len(frames)
            size = record["height"], record["width"]
            high, wide = scaled_frames.scaled_shape(
                *size, form.short_side
            ).numpy()
            return shard.frames * (3.0 * high * wide + besides)
    except (tf.errors.OpError, ValueError):
        pass  # `write` reports the error.
    return 0.0


def _rows(shard: str) -> np.ndarray:
    """Index of a shard, on any file system that TensorFlow supports."""
    path = f"{shard.removesuffix('.tfrecord')}.index"
    with tf.io.gfile.GFile(path, "rb") as stream:
        return shard_index.decode(path, stream.read(), schema.VERSION)


def _add(
    output: shard_file.ShardFile,
    row: list[int],
    record: dict[str, Any],
    pixels: np.ndarray,
    contents: schema.Contents,
    most: int,
) -> None:
    """Appends a record's chunks."""
    if not row[_FRAMES]:  # Its repeated frame is for JPEG readers.
        pixels = pixels[:0]
        record = record | {"times": record["times"][:0]}
    if row[_FRAMES] != len(pixels):
        raise ValueError("the index belongs to another shard")
    first = row[_FIRST]
    for chunk in raw_records.split_record(
        record, pixels, contents.extras, most
    ):
        data = schema.encode(chunk, contents)
        frames = len(chunk["frames"])
        span = chunk["start_time"], chunk["end_time"]
        output.add(data, row[_CLIP], first, frames, span)
        first += frames
