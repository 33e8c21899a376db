"""The index of clips: byte offsets, frames and times of their chunks.

Tensors only: a table is a constant of the graph, or an element of the
dataset, passed by reference, while its block of shards is read.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tfrecords_tools.base.files import shard_index, tfrecord

_COLUMN = {name: i for i, name in enumerate(shard_index.COLUMNS)}


class Columns(NamedTuple):
    """Columns of the index, each int64 [chunks].

    Attributes:
        offset: of the record in its shard, bytes.
        first_frame: number within the clip.
        frames: in the chunk; 0 for a continuation of the audio of the last
            chunk with frames.
        start_time: of the first frame, or of the audio, microseconds.
        end_time: of the last frame, or of the audio, microseconds.
    """

    offset: tf.Tensor
    first_frame: tf.Tensor
    frames: tf.Tensor
    start_time: tf.Tensor
    end_time: tf.Tensor


class Chunks(NamedTuple):
    """The chunks of one clip, in order of time.

    Attributes:
        path: string [], their shard.
        columns: of these chunks.
    """

    path: tf.Tensor
    columns: Columns

    def stored_frames(self) -> tf.Tensor:
        """int64 [], number of frames of the clip."""
        return self.columns.first_frame[-1] + self.columns.frames[-1]

    def span(self) -> tuple[tf.Tensor, tf.Tensor]:
        """Start of the first and end of the last frame, microseconds."""
        end = tf.reduce_max(self.columns.end_time)
        return self.columns.start_time[0], end


class ClipTable(NamedTuple):
    """The index of one or more shards.

    Attributes:
        paths: string [shards].
        shards: int32 [clips], position of each clip's shard in `paths`.
        ids: int64 [clips], number of each clip within its split.
        firsts: int64 [clips + 1], first chunk of each clip, then the number
            of chunks.
        columns: of all chunks, separate so that slicing clips of many hours
            is cheap.
    """

    paths: tf.Tensor
    shards: tf.Tensor
    ids: tf.Tensor
    firsts: tf.Tensor
    columns: Columns

    def clip_id(self, place: tf.Tensor) -> tf.Tensor:
        """int64 [], number of the clip at `place` within the split."""
        return tf.gather(self.ids, place)

    def chunks(self, place: tf.Tensor) -> Chunks:
        """The chunks of one clip."""
        first, end = tf.unstack(tf.gather(self.firsts, [place, place + 1]))
        path = tf.gather(self.paths, tf.gather(self.shards, place))
        return Chunks(path, Columns(*(c[first:end] for c in self.columns)))


def build_table(
    paths: Sequence[str], tables: Sequence[np.ndarray]
) -> ClipTable:
    """Builds the table of shards from rows of `shard_index`."""
    counts = [len(table) for table in tables]
    # Built in Python, the table is one constant of any graph.
    with tf.init_scope():
        return _table(
            tf.constant(list(paths)),
            tf.constant(np.concatenate(tables)),
            tf.repeat(tf.range(len(tables)), counts),
        )


def _table(paths: tf.Tensor, rows: tf.Tensor, shards: tf.Tensor) -> ClipTable:
    """Builds the table from int64 [chunks, columns] and int32 [chunks]."""
    columns = tf.unstack(rows, axis=1)
    firsts = tf.where(columns[_COLUMN["first_frame"]] == 0)[:, 0]
    return ClipTable(
        paths,
        tf.gather(shards, firsts),
        tf.gather(columns[_COLUMN["clip"]], firsts),
        tf.concat([firsts, tf.shape(rows, tf.int64)[:1]], axis=0),
        Columns(*(columns[_COLUMN[name]] for name in Columns._fields)),
    )


def load(
    paths: tf.Tensor, sizes: tf.Tensor, chunks: tf.Tensor, version: int
) -> ClipTable:
    """Reads the index of some shards in the graph.

    Args:
        paths: string [shards].
        sizes: int64 [shards], bytes per shard.
        chunks: int64 [shards], records per shard.
        version: expected schema version.

    Raises:
        tf.errors.InvalidArgumentError: an index does not match its shard.
            TensorFlow has no op for the checksum of the index. Instead, rows
            must be consecutive, and each record has its own checksum.
    """
    names = tf.strings.regex_replace(paths, r"\.[^./]*$", ".index")
    contents = tf.map_fn(tf.io.read_file, names, fn_output_signature=tf.string)
    start = shard_index.HEADER_BYTES
    bodies = tf.strings.substr(contents, start, tf.int32.max)
    data = tf.strings.reduce_join(bodies)
    columns = len(shard_index.COLUMNS)
    counts = tf.cast(tf.strings.length(bodies), tf.int64) // (8 * columns)
    shards = tf.repeat(tf.range(tf.size(paths)), counts)
    rows = tf.reshape(tf.io.decode_raw(data, tf.int64), (-1, columns))
    lengths = rows[:, _COLUMN["length"]] + tfrecord.HEADER + tfrecord.FOOTER
    found_sizes = tf.math.segment_sum(lengths, shards)
    begins = tf.strings.substr(contents, 0, 16)
    plausible = tf.cast(_follows(rows), tf.int32)
    whole = (
        (begins == shard_index.beginning(version))
        & (counts == chunks)
        & (found_sizes == sizes)
        & (tf.math.segment_min(plausible, shards) > 0)
    )
    check = tf.debugging.Assert(
        tf.reduce_all(whole),
        [
            "an index was changed or belongs to another shard: copy or build "
            "the folder again",
            tf.boolean_mask(names, tf.ensure_shape(~whole, (None,))),
        ],
    )
    with tf.control_dependencies([check]):
        return _table(paths, tf.identity(rows), shards)


def _follows(rows: tf.Tensor) -> tf.Tensor:
    """bool [chunks], whether each starts a clip or continues the last one."""
    columns = tf.unstack(rows, axis=1)
    clip, first, frames, start, end = (
        columns[_COLUMN[name]]
        for name in ("clip", "first_frame", "frames", "start_time", "end_time")
    )
    same = tf.concat([[False], clip[1:] == clip[:-1]], axis=0)
    expected = tf.where(same, tf.roll(first + frames, 1, axis=0), 0)
    in_time = ~same | (tf.roll(start, 1, axis=0) < start)
    filled = (frames > 0) | (same & (frames == 0))
    return (first == expected) & filled & (start < end) & in_time
