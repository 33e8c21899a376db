"""Index arithmetic: position in the run -> epoch, clip, chunks, bytes.

The order is a stateless permutation, a perfect shuffle of the whole split
without a shuffle buffer, so that step N of a resumed run reads the very
clips that it would have read.
"""

import contextlib
import pathlib
from collections.abc import Iterator

import numpy as np
import tensorflow as tf

from tfrecords_tools import manifest as manifests
from tfrecords_tools import schema
from tfrecords_tools.base import errors, shard_index, tfrecord

_READ_BUFFER_BYTES = 256 * 1024
_COLUMN = {name: i for i, name in enumerate(shard_index.COLUMNS)}


class ShardReader:
    """Random access to the clips of one split.

    Attributes:
        manifest: of the whole data set.
        clips: number of clips that the split holds.
        clip_ids: int64 [clips], each clip's number within the split.
        stored_frames: int64 [clips], frames of each clip.
    """

    def __init__(self, folder: str | pathlib.Path, split: str):
        """Opens the index of every shard.

        Args:
            folder: output of `tfrecords_tools.build_shards`.
            split: train, validation or test.

        Raises:
            UserError: a shard or index is missing, changed, or of another
                schema version; the split is missing or holds no clip.
        """
        self.manifest = manifests.read(folder)
        shards = self.manifest.shards(split)
        self._paths = [str(pathlib.Path(folder) / s.name) for s in shards]
        for path, shard in zip(self._paths, shards, strict=True):
            _check_size(path, shard.size)
        tables = [
            shard_index.read(shard_index.path_of(path), schema.VERSION)
            for path in self._paths
        ]
        for shard, path, table in zip(shards, self._paths, tables, strict=True):
            _check_fit(path, shard, table)
        self._rows = np.concatenate(tables)
        self._row_shards = np.repeat(
            np.arange(len(tables)), [len(table) for table in tables]
        )
        numbers = self._rows[:, _COLUMN["clip"]]
        self.clip_ids, self._first_rows = np.unique(numbers, return_index=True)
        self.clips = len(self.clip_ids)
        if not self.clips:
            raise errors.UserError(f"split {split!r} of {folder} has no clips")
        last_rows = np.append(self._first_rows[1:], len(numbers)) - 1
        self._row_counts = last_rows - self._first_rows + 1
        self.stored_frames = (
            self._rows[last_rows, _COLUMN["first_frame"]]
            + self._rows[last_rows, _COLUMN["frames"]]
        )

    def training_place(self, position: tf.Tensor, seed: int) -> tuple:
        """The clip at `position` of an endless run of shuffled epochs.

        Args:
            position: int64 [], counted from the run's beginning.
            seed: of the run.

        Returns:
            place: int64 [], which clip, in [0, clips).
            epoch: int64 [].
        """
        epoch, place = position // self.clips, position % self.clips
        epoch_seed = tf.stack([tf.cast(seed, tf.int64), epoch])
        shuffled = tf.random.experimental.index_shuffle(
            place, epoch_seed, tf.constant(self.clips - 1, tf.int64)
        )
        return shuffled, epoch

    def clip_id(self, place: tf.Tensor) -> tf.Tensor:
        """int64 [], the number within the split of the clip at `place`."""
        return tf.gather(self.clip_ids, place)

    def frame_count(self, place: tf.Tensor) -> tf.Tensor:
        """int32 [], stored frames of the clip at `place`."""
        return tf.cast(tf.gather(self.stored_frames, place), tf.int32)

    def read(self, place: tf.Tensor, frames: tf.Tensor) -> dict:
        """Reads the chunks that hold `frames` of one clip, and no other.

        Args:
            place: int64 [], which clip.
            frames: int32 [T], numbers of stored frames.

        Returns:
            The features of `schema.FEATURES`, with `frames` string [T] and
            `times` int64 [T] picked; `label_ids` int64 [labels]. Where
            frames are stored as video, `frames` are the packets that are
            needed, string [P], and `shown` int32 [T] says which of them
            show what was asked.
        """
        first = tf.gather(self._first_rows, place)
        rows = first + tf.range(tf.gather(self._row_counts, place))
        starts = tf.gather(self._rows[:, _COLUMN["first_frame"]], rows)
        frames = tf.cast(frames, tf.int64)
        chunks = tf.searchsorted(starts, frames, side="right") - 1
        needed, chunk_of_frame = tf.unique(chunks)
        chunk_starts = tf.gather(starts, chunks)
        places = tf.stack(
            [tf.cast(chunk_of_frame, tf.int64), frames - chunk_starts], axis=1
        )
        serialized = tf.map_fn(
            self._serialized,
            tf.gather(rows, needed),
            fn_output_signature=tf.string,
        )
        parsed = schema.parse(serialized, self.manifest.contents)
        record = {name: values[0] for name, values in parsed.items()}
        record["times"] = tf.gather_nd(parsed["times"], places)
        if self.manifest.storage == "jpeg":
            record["frames"] = tf.gather_nd(parsed["frames"], places)
        else:
            record["frames"], record["shown"] = _with_those_before(
                parsed["frames"], places, self.manifest.key_every
            )
        return record

    def _serialized(self, row: tf.Tensor) -> tf.Tensor:
        """string [], the record of index row `row`."""
        shard = tf.gather(self._row_shards, row)
        offset = tf.gather(self._rows[:, _COLUMN["offset"]], row)
        variant = tf.raw_ops.TFRecordDatasetV2(
            filenames=[tf.gather(self._paths, shard)],
            compression_type="",
            buffer_size=tf.constant(_READ_BUFFER_BYTES, tf.int64),
            byte_offsets=[offset],
        )
        spec = tf.TensorSpec((), tf.string)
        records = tf.data.experimental.from_variant(variant, spec)
        return records.take(1).get_single_element()


def _with_those_before(
    packets: tf.Tensor, places: tf.Tensor, key_every: int
) -> tuple[tf.Tensor, tf.Tensor]:
    """The packets at some places, each after all since its key frame.

    Args:
        packets: string [chunks, most frames].
        places: int64 [T, 2], chunk and frame in it.
        key_every: each chunk's frames from one key frame to the next.

    Returns:
        packets: string [P], none twice.
        shown: int32 [T], where in them the places are.
    """
    most = tf.shape(packets, tf.int64)[1]
    chunk, frame = places[:, 0], places[:, 1]
    wanted = chunk * most + frame
    keys = wanted - frame % key_every
    needed = tf.ragged.range(keys, wanted + 1).flat_values
    needed = tf.unique(tf.sort(needed)).y
    shown = tf.searchsorted(needed, wanted)
    return tf.gather(tf.reshape(packets, [-1]), needed), shown


@contextlib.contextmanager
def damage_explained(folder: str | pathlib.Path) -> Iterator[None]:
    """Turns a damaged record met while reading into one clear message."""
    try:
        yield
    except tf.errors.DataLossError as error:
        raise errors.UserError(
            f"a record of the shards in {folder} is damaged: "
            f"python -m tfrecords_tools.check_shards --shards={folder} says "
            "where; then build them again"
        ) from error


def _check_size(path: str, size: int) -> None:
    try:
        found = pathlib.Path(path).stat().st_size
    except OSError as error:
        raise errors.UserError(
            f"cannot read shard {path}: {error.strerror}; build again"
        ) from error
    if found != size:
        raise errors.UserError(
            f"shard {path} has {found} bytes, its manifest says {size}: it "
            "was changed or cut; run tfrecords_tools.check_shards"
        )


def _check_fit(path: str, shard: manifests.Shard, rows: np.ndarray) -> None:
    """Raises UserError where the index is not that of this shard."""
    frame = tfrecord.HEADER + tfrecord.FOOTER
    size = int(rows[:, _COLUMN["length"]].sum()) + frame * len(rows)
    if (len(rows), size) != (shard.chunks, shard.size):
        raise errors.UserError(
            f"{shard_index.path_of(path)} tells of {len(rows)} records and "
            f"{size} bytes, the manifest of {shard.chunks} and {shard.size}: "
            "it belongs to another shard; copy or build the folder again"
        )
