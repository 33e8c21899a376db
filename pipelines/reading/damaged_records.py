"""Finds and describes the record that stopped a run."""

import contextlib
import re
from collections.abc import Callable, Iterator

import numpy as np
import tensorflow as tf

from pipelines.reading import clip_order, clip_table, shard_reader
from tfrecords_tools import manifest as manifests
from tfrecords_tools import schema
from tfrecords_tools.base import errors
from tfrecords_tools.base.files import tfrecord

_OF_DATA = (
    tf.errors.DataLossError,
    tf.errors.InvalidArgumentError,
    tf.errors.NotFoundError,
)


@contextlib.contextmanager
def explained(
    reader: shard_reader.ShardReader,
    sample_indices: Callable[[], tf.data.Dataset] | None = None,
) -> Iterator[None]:
    """Converts a failure to read a clip into a clear message.

    Args:
        reader: of the split.
        sample_indices: returns the dataset of `clip_order.SampleIndex` to
            search for the damage; unset: the whole split.

    Raises:
        UserError: a damaged record, with its location, or a failed assertion
            of the graph.
    """
    try:
        yield
    except _OF_DATA as error:
        said = _asserted(error)
        if said:
            raise errors.UserError(said) from error
        indices = sample_indices() if sample_indices else all_indices(reader)
        fault = first_fault(reader, indices)
        if fault is None and not isinstance(error, tf.errors.DataLossError):
            raise
        folder = reader.folder
        raise errors.UserError(
            f"{fault or f'a record of the shards in {folder} is damaged'}: "
            f"python -m tfrecords_tools.check_shards --shards={folder} lists "
            "all damage; build the shards again, or skip such clips with "
            "--reader.on_corrupt=skip"
        ) from error


def first_fault(
    reader: shard_reader.ShardReader, sample_indices: tf.data.Dataset
) -> str | None:
    """Describes the first damaged record of some clips.

    Args:
        reader: of the split.
        sample_indices: a finite dataset of `clip_order.SampleIndex`.

    Returns:
        Shard, byte, clip and fault; None if there is no damage.
    """
    for index in sample_indices:
        clip = int(index.table.clip_id(index.place))
        chunks = index.table.chunks(index.place)
        fault = _fault_of(chunks, reader.manifest)
        if fault:
            return f"clip {clip}: {fault}"
    return None


def describe_skipped(folder: str, clips: int) -> str:
    """Message about skipped clips, with the command that lists them."""
    return (
        f"{clips} clip(s) could not be read and were masked: python -m "
        f"tfrecords_tools.check_shards --shards={folder} lists them"
    )


def all_indices(reader: shard_reader.ShardReader) -> tf.data.Dataset:
    """All clips of a split, in order."""
    block = None if reader.table is not None else 1
    return clip_order.in_order(reader, clip_order.BatchShard(1), block)


def _asserted(error: tf.errors.OpError) -> str | None:
    """Message of an assertion of our graph, without TensorFlow's additions."""
    match = re.search(
        r"assertion failed: \[([^\]]*)\](?: \[(?!Condition)([^\]]*)\])?",
        error.message,
    )
    return ": ".join(filter(None, match.groups())) if match else None


def _fault_of(
    chunks: clip_table.Chunks, manifest: manifests.Manifest
) -> str | None:
    path = chunks.path.numpy().decode()
    for offset in chunks.columns.offset.numpy().tolist():
        fault = _fault_at(path, offset, manifest)
        if fault:
            return f"record at byte {offset} of {path}: {fault}"
    return None


def _fault_at(
    path: str, offset: int, manifest: manifests.Manifest
) -> str | None:
    try:
        size = tf.io.gfile.stat(path).length
        with tf.io.gfile.GFile(path, "rb") as stream:
            record = next(tfrecord.read(stream, size, offset), None)
    except (OSError, tf.errors.OpError) as error:
        return f"cannot be read ({error})"
    if record is None:
        return "the file ends before it"
    if record.fault:
        return record.fault
    try:
        frames = schema.decode(record.data, manifest.contents, arrays=True)[
            "frames"
        ]
    except ValueError as error:
        return str(error)
    if manifest.storage != "jpeg":
        return None
    for number, frame in enumerate(frames):
        try:
            tf.io.decode_jpeg(np.asarray(frame, object), channels=3)
        except tf.errors.InvalidArgumentError:
            return f"frame {number} of it is no JPEG"
    return None
