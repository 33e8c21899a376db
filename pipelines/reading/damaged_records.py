"""Finds the record that stopped a run, and names it."""

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
    """Turns a failure to read a clip into one clear message.

    Args:
        reader: of the split.
        sample_indices: gives the `clip_order.SampleIndex`es among which the
            damage must be; unset: the whole split is searched.

    Raises:
        UserError: a record is damaged; it says which. Or what the graph
            itself asserts does not hold.
    """
    try:
        yield
    except _OF_DATA as error:
        said = _asserted(error)
        if said:
            raise errors.UserError(said) from error
        indices = sample_indices() if sample_indices else all_indices(reader)
        found = first_fault(reader, indices)
        if found is None and not isinstance(error, tf.errors.DataLossError):
            raise
        folder = reader.folder
        raise errors.UserError(
            f"{found or f'a record of the shards in {folder} is damaged'}: "
            f"python -m tfrecords_tools.check_shards --shards={folder} tells "
            "all damage; build them again, or go on without such clips by "
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
        Shard, byte and clip, and what is wrong; None where all is well.
    """
    for index in sample_indices:
        clip = int(index.table.clip_id(index.place))
        chunks = index.table.chunks(index.place)
        fault = _fault_of(chunks, reader.manifest)
        if fault:
            return f"clip {clip}: {fault}"
    return None


def skipped(folder: str, clips: int) -> str:
    """Says how many clips were left out, and where to look."""
    return (
        f"{clips} clip(s) could not be read and counted nothing: "
        f"python -m tfrecords_tools.check_shards --shards={folder} tells which"
    )


def all_indices(reader: shard_reader.ShardReader) -> tf.data.Dataset:
    """All clips of a split, in order."""
    block = None if reader.table is not None else 1
    return clip_order.in_order(reader, clip_order.BatchShard(1), block)


def _asserted(error: tf.errors.OpError) -> str | None:
    """What our own graph says, without what TensorFlow adds."""
    found = re.search(
        r"assertion failed: \[([^\]]*)\](?: \[(?!Condition)([^\]]*)\])?",
        error.message,
    )
    return ": ".join(filter(None, found.groups())) if found else None


def _fault_of(
    chunks: clip_table.Chunks, about: manifests.Manifest
) -> str | None:
    path = chunks.path.numpy().decode()
    for offset in chunks.columns.offset.numpy().tolist():
        fault = _fault_at(path, offset, about)
        if fault:
            return f"record at byte {offset} of {path}: {fault}"
    return None


def _fault_at(path: str, offset: int, about: manifests.Manifest) -> str | None:
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
        frames = schema.decode(record.data, about.contents, arrays=True)[
            "frames"
        ]
    except ValueError as error:
        return str(error)
    if about.storage != "jpeg":
        return None
    for number, frame in enumerate(frames):
        try:
            tf.io.decode_jpeg(np.asarray(frame, object), channels=3)
        except tf.errors.InvalidArgumentError:
            return f"frame {number} of it is no JPEG"
    return None
