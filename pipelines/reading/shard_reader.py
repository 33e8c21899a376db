"""Opens the shards of one split and checks them before the first step.

Paths may be on any file system that TensorFlow supports, such as gs://.
"""

import concurrent.futures
import os
from collections.abc import Collection

import numpy as np
import tensorflow as tf

from pipelines.reading import clip_table
from tfrecords_tools import manifest as manifests
from tfrecords_tools import schema
from tfrecords_tools.base import errors
from tfrecords_tools.base.files import shard_index, tfrecord

MOST_CHUNKS = 2_000_000  # Of an index in the graph, which holds 2 GB at most.

_COLUMN = {name: i for i, name in enumerate(shard_index.COLUMNS)}


class ShardReader:
    """The clips of one split.

    Attributes:
        manifest: of all splits.
        folder: of the shards.
        clips: number of clips in the split.
        shards: non-empty shards of the split.
        table: index of all clips; None if it is read block by block.
    """

    def __init__(
        self,
        folder: str | os.PathLike,
        split: str,
        whole: bool = True,
        names: Collection[str] | None = None,
    ):
        """Opens the manifest, and the index of every shard.

        Args:
            folder: output of `tfrecords_tools.build_shards`.
            split: train, validation or test.
            whole: keeps the whole index in memory; else `load` reads that
                of some shards.
            names: file names of the shards to open; None for all.

        Raises:
            UserError: a shard or index is missing, changed, or of another
                schema version; the split is missing or empty.
        """
        self.folder = os.fspath(folder)
        self.manifest = read_manifest(self.folder)
        listed = [
            shard
            for shard in self.manifest.shards(split)
            if names is None or shard.name in names
        ]
        # On remote storage, each check takes tens of milliseconds.
        with concurrent.futures.ThreadPoolExecutor(32) as pool:
            list(pool.map(self._check_shard, listed))
        self.shards = [shard for shard in listed if shard.clips]
        self.clips = sum(shard.clips for shard in self.shards)
        if not self.clips:
            raise errors.UserError(f"split {split!r} of {folder} has no clips")
        self.table = self._whole_table() if whole else None

    @property
    def whole(self) -> "ShardReader":
        """The reader of all clips; these may be some of them."""
        return self

    @property
    def places(self) -> np.ndarray:
        """int64 [clips], the place of each clip in `whole`."""
        return np.arange(self.clips)

    def load(self, shards: tf.Tensor) -> clip_table.ClipTable:
        """Reads the index of some shards, int [n], in the graph."""

        def of_shards(values: list) -> tf.Tensor:
            return tf.gather(tf.constant(values), shards)

        return clip_table.load(
            of_shards([self.path(shard) for shard in self.shards]),
            of_shards(np.int64([shard.size for shard in self.shards])),
            of_shards(np.int64([shard.chunks for shard in self.shards])),
            schema.VERSION,
        )

    def index_rows(self, shard: manifests.Shard) -> np.ndarray:
        """Reads the index of a shard: int64 [chunks, columns], checked."""
        index = self._index(shard)
        content = _content(index, "index")
        rows = shard_index.decode(index, content, schema.VERSION)
        _check_fit(index, shard, rows)
        return rows

    def path(self, shard: manifests.Shard) -> str:
        """Returns the path of a shard."""
        return os.path.join(self.folder, shard.name)

    def shortest(self) -> tuple[int, float]:
        """Fewest frames and fewest seconds of any clip."""
        least = [_shortest(self.index_rows(shard)) for shard in self.shards]
        return min(n for n, _ in least), min(time for _, time in least)

    def _index(self, shard: manifests.Shard) -> str:
        name = os.fspath(shard_index.path_of(shard.name))
        return os.path.join(self.folder, name)

    def _check_shard(self, shard: manifests.Shard) -> None:
        _check_size(self.path(shard), shard.size, "shard")
        rows = 8 * len(_COLUMN) * shard.chunks
        size = shard_index.HEADER_BYTES + rows
        _check_size(self._index(shard), size, "index")

    def _whole_table(self) -> clip_table.ClipTable:
        chunks = sum(shard.chunks for shard in self.shards)
        if chunks > MOST_CHUNKS:
            raise errors.UserError(
                f"{self.folder} has {chunks} chunks, and an index in memory "
                f"holds at most {MOST_CHUNKS}: set --reader.shuffle=blocks"
            )
        paths = [self.path(shard) for shard in self.shards]
        tables = [self.index_rows(shard) for shard in self.shards]
        return clip_table.build_table(paths, tables)


def _shortest(rows: np.ndarray) -> tuple[int, float]:
    """Fewest frames and fewest seconds of any clip of one shard."""
    first_frame, frames, starts, ends = (
        rows[:, _COLUMN[name]]
        for name in ("first_frame", "frames", "start_time", "end_time")
    )
    firsts = np.flatnonzero(first_frame == 0)
    lasts = np.append(firsts[1:], len(rows)) - 1
    stored = first_frame[lasts] + frames[lasts]
    lasting = np.maximum.reduceat(ends, firsts) - starts[firsts]
    return int(stored.min()), float(lasting.min()) / 1e6


def read_manifest(folder: str) -> manifests.Manifest:
    """Reads the manifest of a folder of shards; UserError if it is missing."""
    if "://" not in folder:
        return manifests.read(folder)
    path = os.path.join(folder, manifests.FILE_NAME)
    return manifests.decode(path, _content(path, "manifest").decode())


def read_text(path: str) -> str:
    """Reads a text beside shards; UserError if it cannot be read."""
    content = _content(path, "table", "wanted a UTF-8 file")
    return content.decode("utf-8-sig", errors="replace")


def _content(
    path: str, what: str, remedy: str = "build the shards again"
) -> bytes:
    try:
        with tf.io.gfile.GFile(path, "rb") as stream:
            return stream.read()
    except (tf.errors.OpError, OSError) as error:
        raise errors.UserError(
            f"cannot read {what} {path}: {_reason(error)}; {remedy}"
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
            "was changed or truncated; run tfrecords_tools.check_shards"
        )


def _reason(error: Exception) -> str:
    """Message of an error, or its type: ram:// gives no message."""
    return getattr(error, "message", "") or str(error) or type(error).__name__


def _check_fit(index: str, shard: manifests.Shard, rows: np.ndarray) -> None:
    """Raises UserError if the index does not match the shard."""
    frame = tfrecord.HEADER + tfrecord.FOOTER
    size = int(rows[:, _COLUMN["length"]].sum()) + frame * len(rows)
    if (len(rows), size) != (shard.chunks, shard.size):
        raise errors.UserError(
            f"{index} lists {len(rows)} records and {size} bytes, the "
            f"manifest {shard.chunks} and {shard.size}: it belongs to another "
            "shard; copy or build the folder again"
        )
