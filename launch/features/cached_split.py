"""Batches of cached features, in the order of `clip_dataset`."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from launch.features import feature_store
from pipelines.reading import clip_order, shard_reader

FEATURES = "features"
_VIEW = 1  # Seed number of the drawn view.


class CachedSplit:
    """The features of all clips of one split.

    Attributes:
        rows: `features` float32 [clips, views, t, C], of the evaluation view's
            crops first; and the other entries of each clip.
    """

    def __init__(
        self,
        rows: feature_store.Rows,
        reader: shard_reader.ShardReader,
        crops: int,
    ):
        """Takes the rows of `feature_extraction.compute`."""
        self.rows, self._reader, self._crops = rows, reader, crops
        self._entries = [name for name in rows if name != "path"]

    @property
    def crops(self) -> int:
        """Crops of the evaluation view."""
        return self._crops

    @property
    def centre(self) -> int:
        """The view of the centre crop."""
        return self._crops // 2

    def training(
        self, batch_shard: clip_order.BatchShard, seed: int, start_step: int = 0
    ) -> tf.data.Dataset:
        """Endless epochs; each step draws a view of each clip by seed.

        Takes the arguments of `clip_dataset.training`.

        Returns:
            A dataset of batches, see `pipelines.batch`, with `features`
            float32 [B, t, C] and no frames.
        """
        views = self.rows[FEATURES].shape[1]
        fold = tf.random.experimental.stateless_fold_in

        def draw(index: clip_order.SampleIndex) -> tuple[tf.Tensor, tf.Tensor]:
            key = tf.constant([seed, _VIEW], tf.int64)
            key = fold(fold(key, index.epoch), index.place)
            view = tf.random.stateless_uniform((), key, 0, views, tf.int64)
            return index.place, view

        indices = clip_order.shuffled(
            self._reader, batch_shard, seed, start_step
        )
        drawn = indices.map(draw)
        batches = drawn.batch(batch_shard.replica_batch, drop_remainder=True)

        def read(places: np.ndarray, views: np.ndarray) -> list[np.ndarray]:
            return self._read(places, lambda each: each[places, views])

        return _ahead(batches.map(self._in_graph(read, (), batch_shard)))

    def evaluation(self, batch_shard: clip_order.BatchShard) -> tf.data.Dataset:
        """Every clip once, in order; the last batch is padded and masked.

        Returns:
            A dataset of batches, see `pipelines.batch`, with `features`
            float32 [B, 1, t, C], of the centre crop, and no frames.
        """
        indices = clip_order.in_order(self._reader, batch_shard)
        pairs = indices.map(
            lambda index: (index.place, tf.cast(index.is_new, tf.float32))
        )
        batches = pairs.batch(batch_shard.replica_batch, drop_remainder=True)

        def read(places: np.ndarray, _: np.ndarray) -> list[np.ndarray]:
            return self._read(
                places, lambda each: each[places, self.centre, np.newaxis]
            )

        to_batch = self._in_graph(read, (1,), batch_shard)

        def masked(places: tf.Tensor, is_new: tf.Tensor) -> dict:
            batch = to_batch(places, is_new)
            return {**batch, "mask": batch["mask"] * is_new}

        return _ahead(batches.map(masked))

    def _read(
        self, places: np.ndarray, pick: Callable[[np.ndarray], np.ndarray]
    ) -> list[np.ndarray]:
        return [
            pick(values) if name == FEATURES else np.asarray(values[places])
            for name, values in self.rows.items()
            if name in self._entries
        ]

    def _in_graph(
        self,
        read: Callable[..., list[np.ndarray]],
        views: tuple[int, ...],
        batch_shard: clip_order.BatchShard,
    ) -> Callable[[tf.Tensor, tf.Tensor], dict]:
        arrays = {name: self.rows[name] for name in self._entries}
        dtypes = [tf.as_dtype(each.dtype) for each in arrays.values()]
        count = batch_shard.replica_batch

        def to_batch(places: tf.Tensor, second: tf.Tensor) -> dict:
            values = tf.numpy_function(read, (places, second), dtypes, False)
            batch = dict(zip(arrays, values, strict=True))
            for name, array in arrays.items():
                shape = array.shape[1:]
                if name == FEATURES:
                    shape = (*views, *array.shape[2:])
                batch[name] = tf.ensure_shape(batch[name], (count, *shape))
            return batch

        return to_batch


def _ahead(batches: tf.data.Dataset) -> tf.data.Dataset:
    options = tf.data.Options()
    options.deterministic = True
    return batches.prefetch(tf.data.AUTOTUNE).with_options(options)
