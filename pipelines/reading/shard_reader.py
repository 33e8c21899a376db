"""Opens the shards of one split, and says before any step what is wrong.

Paths may be of any file system that TensorFlow knows, as gs:// and ram://.
"""

import concurrent.futures
import os

import numpy as np
import tensorflow as tf

from pipelines.reading import clip_table
from tfrecords_tools import manifest as manifests
from tfrecords_tools import schema
from tfrecords_tools.base import errors
from tfrecords_tools.base.files import shard_index, tfrecord

MOST_CHUNKS = 2_000_000  # Of an index that is part of the graph: 2 GB at most.

_COLUMN = {name: i for i, name in enumerate(shard_index.COLUMNS)}


class ShardReader:
    """The clips of one split.

    Attributes:
        manifest: of the whole data set.
        folder: where the shards are.
        clips: number of clips that the split holds.
        shards: those of the split that hold clips.
        table: index of all of them; None where it is read block by block.
    """

    def __init__(
        self, folder: str | os.PathLike, split: str, whole: bool = True
    ):
        """Opens the manifest, and the index of every shard.

        Args:
            folder: output of `tfrecords_tools.build_shards`.
            split: train, validation or test.
            whole: whether to hold the whole index; otherwise `load` reads
                that of some shards.

        Raises:
            UserError: a shard or index is missing, changed, or of another
                schema version; the split is missing or holds no clip.
        """
        self.folder = os.fspath(folder)
        self.manifest = manifest_of(self.folder)
        found = self.manifest.shards(split)
        # Far away, each look takes tens of milliseconds.
        with concurrent.futures.ThreadPoolExecutor(32) as pool:
            list(pool.map(self._check_shard, found))
        self.shards = [shard for shard in found if shard.clips]
        self.clips = sum(shard.clips for shard in self.shards)
        if not self.clips:
            raise errors.UserError(f"split {split!r} of {folder} has no clips")
        self.table = self._whole_table() if whole else None

    def load(self, shards: tf.Tensor) -> clip_table.ClipTable:
        """The index of some shards, read within the graph: int [n]."""

        def of_each(values: list) -> tf.Tensor:
            return tf.gather(tf.constant(values), shards)

        return clip_table.load(
            of_each([self._path(shard) for shard in self.shards]),
            of_each(np.int64([shard.size for shard in self.shards])),
            of_each(np.int64([shard.chunks for shard in self.shards])),
            schema.VERSION,
        )

    def shortest(self) -> tuple[int, float]:
        """Least frames and least seconds of a clip; reads shard by shard."""
        least = [_shortest(self._rows(shard)) for shard in self.shards]
        return min(n for n, _ in least), min(time for _, time in least)

    def _path(self, shard: manifests.Shard) -> str:
        return os.path.join(self.folder, shard.name)

    def _index(self, shard: manifests.Shard) -> str:
        name = os.fspath(shard_index.path_of(shard.name))
        return os.path.join(self.folder, name)

    def _check_shard(self, shard: manifests.Shard) -> None:
        _check_size(self._path(shard), shard.size, "shard")
        rows = 8 * len(_COLUMN) * shard.chunks
        size = shard_index.HEADER_BYTES + rows
        _check_size(self._index(shard), size, "index")

    def _whole_table(self) -> clip_table.ClipTable:
        chunks = sum(shard.chunks for shard in self.shards)
        if chunks > MOST_CHUNKS:
            raise errors.UserError(
                f"{self.folder} has {chunks} chunks, more than the "
                f"{MOST_CHUNKS} whose index is held at once: set "
                "--reader.shuffle=blocks"
            )
        paths = [self._path(shard) for shard in self.shards]
        tables = [self._rows(shard) for shard in self.shards]
        return clip_table.of_rows(paths, tables)

    def _rows(self, shard: manifests.Shard) -> np.ndarray:
        """int64 [chunks, columns], checked."""
        index = self._index(shard)
        content = _content(index, "index")
        rows = shard_index.decode(index, content, schema.VERSION)
        _check_fit(index, shard, rows)
        return rows


def _shortest(rows: np.ndarray) -> tuple[int, float]:
    """Frames and seconds of the shortest clips of one shard."""
    first_frame, frames, starts, ends = (
        rows[:, _COLUMN[name]]
        for name in ("first_frame", "frames", "start_time", "end_time")
    )
    firsts = np.flatnonzero(first_frame == 0)
    lasts = np.append(firsts[1:], len(rows)) - 1
    stored = first_frame[lasts] + frames[lasts]
    lasting = np.maximum.reduceat(ends, firsts) - starts[firsts]
    return int(stored.min()), float(lasting.min()) / 1e6


def manifest_of(folder: str) -> manifests.Manifest:
    """The manifest of a folder of shards; UserError where there is none."""
    if "://" not in folder:
        return manifests.read(folder)
    path = os.path.join(folder, manifests.FILE_NAME)
    return manifests.decode(path, _content(path, "manifest").decode())


def _content(path: str, what: str) -> bytes:
    try:
        with tf.io.gfile.GFile(path, "rb") as stream:
            return stream.read()
    except (tf.errors.OpError, OSError) as error:
        raise errors.UserError(
            f"cannot read {what} {path}: {_reason(error)}; build the shards "
            "again"
        ) from error


def _check_size(path: str, size: int, what: str) -> None:
    try:
        found = tf.io.gfile.stat(path).length
    except (tf.errors.OpError, OSError) as error:
        raise errors.UserError(
            f"cannot read {what} {path}: {_reason(error)}; build again"
        ) from error
    if found != size:
        raise errors.UserError(
            f"{what} {path} has {found} bytes, its manifest says {size}: it "
            "was changed or cut; run tfrecords_tools.check_shards"
        )


def _reason(error: Exception) -> str:
    """What it says, or its kind: ram:// says nothing."""
    return getattr(error, "message", "") or str(error) or type(error).__name__


def _check_fit(index: str, shard: manifests.Shard, rows: np.ndarray) -> None:
    """Raises UserError where the index is not that of this shard."""
    frame = tfrecord.HEADER + tfrecord.FOOTER
    size = int(rows[:, _COLUMN["length"]].sum()) + frame * len(rows)
    if (len(rows), size) != (shard.chunks, shard.size):
        raise errors.UserError(
            f"{index} tells of {len(rows)} records and "
            f"{size} bytes, the manifest of {shard.chunks} and {shard.size}: "
            "it belongs to another shard; copy or build the folder again"
        )
