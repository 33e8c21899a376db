"""Where the chunks of some shards' clips lie, and what they cover.

Tensors only: a table is a constant of the graph, or travels with the
elements of a data set, by reference, while its block of shards is read.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tfrecords_tools.base.files import shard_index, tfrecord

_COLUMN = {name: i for i, name in enumerate(shard_index.COLUMNS)}


class Columns(NamedTuple):
    """What is known of chunks, each int64 [chunks].

    Attributes:
        offset: of each record in its shard, bytes.
        first_frame: counted within the clip.
        frames: in the chunk; 0 where it only continues the audio of the
            last one that has frames.
        start_time: of the first frame, or of that audio, microseconds.
        end_time: end of the last frame, or of that audio, microseconds.
    """

    offset: tf.Tensor
    first_frame: tf.Tensor
    frames: tf.Tensor
    start_time: tf.Tensor
    end_time: tf.Tensor


class Chunks(NamedTuple):
    """The chunks of one clip, in order of time.

    Attributes:
        path: string [], the shard that holds them all.
        columns: of these chunks.
    """

    path: tf.Tensor
    columns: Columns

    def stored_frames(self) -> tf.Tensor:
        """int64 [], of the whole clip."""
        return self.columns.first_frame[-1] + self.columns.frames[-1]

    def span(self) -> tuple[tf.Tensor, tf.Tensor]:
        """Where the first frame begins and the last ends: int64 []."""
        end = tf.reduce_max(self.columns.end_time)
        return self.columns.start_time[0], end


class ClipTable(NamedTuple):
    """The index of one or more shards.

    Attributes:
        paths: string [shards].
        shards: int32 [clips], place in `paths` of each clip.
        ids: int64 [clips], number of each clip within its split.
        firsts: int64 [clips + 1], the first chunk of each clip, and the end.
        columns: of all chunks. Apart, so that a clip of many hours costs
            little to cut out.
    """

    paths: tf.Tensor
    shards: tf.Tensor
    ids: tf.Tensor
    firsts: tf.Tensor
    columns: Columns

    def clip_id(self, place: tf.Tensor) -> tf.Tensor:
        """int64 [], the number within the split of the clip at `place`."""
        return tf.gather(self.ids, place)

    def chunks(self, place: tf.Tensor) -> Chunks:
        """The chunks of one clip."""
        first, end = tf.unstack(tf.gather(self.firsts, [place, place + 1]))
        path = tf.gather(self.paths, tf.gather(self.shards, place))
        return Chunks(path, Columns(*(c[first:end] for c in self.columns)))


def of_rows(paths: Sequence[str], tables: Sequence[np.ndarray]) -> ClipTable:
    """The table of shards whose rows, as `shard_index` reads them, are here."""
    counts = [len(table) for table in tables]
    # Built in Python, it is one constant of whatever graph reads it.
    with tf.init_scope():
        return _of(
            tf.constant(list(paths)),
            tf.constant(np.concatenate(tables)),
            tf.repeat(tf.range(len(tables)), counts),
        )


def _of(paths: tf.Tensor, rows: tf.Tensor, shards: tf.Tensor) -> ClipTable:
    """From int64 [chunks, columns], and int32 [chunks], the shard of each."""
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
    """Reads the index of some shards within the graph.

    Args:
        paths: string [shards].
        sizes: int64 [shards], bytes of each shard.
        chunks: int64 [shards], records in each shard.
        version: the schema version that is wanted.

    Raises:
        tf.errors.InvalidArgumentError: an index is not that of its shard.
            Its checksum, which TensorFlow has no op for, is not looked at:
            rows must follow one another, and each record has its own.
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
    found = tf.math.segment_sum(lengths, shards)
    begins = tf.strings.substr(contents, 0, 16)
    plausible = tf.cast(_follows(rows), tf.int32)
    whole = (
        (begins == shard_index.beginning(version))
        & (counts == chunks)
        & (found == sizes)
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
        return _of(paths, tf.identity(rows), shards)


def _follows(rows: tf.Tensor) -> tf.Tensor:
    """bool [chunks], whether each continues the clip before it, or begins."""
    columns = tf.unstack(rows, axis=1)
    clip, first, frames, start, end = (
        columns[_COLUMN[name]]
        for name in ("clip", "first_frame", "frames", "start_time", "end_time")
    )
    same = tf.concat([[False], clip[1:] == clip[:-1]], axis=0)
    wanted = tf.where(same, tf.roll(first + frames, 1, axis=0), 0)
    in_time = ~same | (tf.roll(start, 1, axis=0) < start)
    filled = (frames > 0) | (same & (frames == 0))
    return (first == wanted) & filled & (start < end) & in_time
