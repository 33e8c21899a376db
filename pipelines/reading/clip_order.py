"""The order of clips, computed without a buffer or state.

A position counts the examples of all global batches since the start of the
run. It determines the epoch and, through a stateless permutation, the clip.
Each host reads the positions of its batch shard.
"""

import dataclasses
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from pipelines.reading import clip_table, shard_reader
from tfrecords_tools.base import errors


@dataclasses.dataclass(frozen=True)
class BatchShard:
    """The part of every global batch that this host reads.

    Attributes:
        batch_size: examples per global batch.
        hosts: number of hosts.
        host: number of this host, from 0.
        replicas: replicas on this host; the dataset yields one batch for
            each.
    """

    batch_size: int
    hosts: int = 1
    host: int = 0
    replicas: int = 1

    def __post_init__(self):
        parts = self.hosts * self.replicas
        if self.batch_size % parts:
            raise errors.UserError(
                f"batch size {self.batch_size} cannot be split over {parts} "
                f"replicas: wanted a multiple of {parts}"
            )

    @property
    def replica_batch(self) -> int:
        """Examples per batch of the dataset."""
        return self.batch_size // (self.hosts * self.replicas)

    @property
    def host_batch(self) -> int:
        """Examples of this host per global batch."""
        return self.batch_size // self.hosts

    def position(self, number: tf.Tensor) -> tf.Tensor:
        """int64 [], the position of the host's example `number`."""
        steps, within = number // self.host_batch, number % self.host_batch
        return steps * self.batch_size + self.host * self.host_batch + within

    def before(self, position: tf.Tensor) -> tf.Tensor:
        """int64 [], number of this host's examples before a position."""
        within = position % self.batch_size - self.host * self.host_batch
        within = tf.clip_by_value(within, 0, self.host_batch)
        return position // self.batch_size * self.host_batch + within


class SampleIndex(NamedTuple):
    """The clip at a position of the run.

    Attributes:
        epoch: int64 [].
        place: int64 [], number of the clip in the table.
        is_new: bool [], False for padding of the last batch.
        table: the clip table.
    """

    epoch: tf.Tensor
    place: tf.Tensor
    is_new: tf.Tensor
    table: clip_table.ClipTable


def shuffled(
    reader: shard_reader.ShardReader,
    batch_shard: BatchShard,
    seed: int,
    start_step: int = 0,
    block_shards: int | None = None,
) -> tf.data.Dataset:
    """Endless epochs, each with every clip once.

    Args:
        reader: of the split.
        batch_shard: this host's part of every global batch.
        seed: of the run.
        start_step: steps of the global batch already taken.
        block_shards: shuffles the shards, then the clips within blocks of
            that many shards; unset: perfect shuffle of the whole split.

    Returns:
        A dataset of `SampleIndex`.
    """
    first = start_step * batch_shard.batch_size
    if block_shards:
        return _Blocks(reader, batch_shard, block_shards, seed).indices(first)

    @tf.autograph.experimental.do_not_convert
    def index(position: tf.Tensor) -> SampleIndex:
        epoch, place = position // reader.clips, position % reader.clips
        return _shuffled(reader, seed, epoch, place)

    # The tf.data service hands out whole steps to its workers.
    steps = tf.data.Dataset.range(start_step, tf.int64.max)
    each = tf.data.Dataset.range(batch_shard.host_batch)
    positions = steps.flat_map(
        lambda step: each.map(
            lambda i: batch_shard.position(step * batch_shard.host_batch + i)
        )
    )
    return positions.map(index)


def epoch_by_epoch(
    reader: shard_reader.ShardReader, seed: int
) -> tf.data.Dataset:
    """One epoch of `shuffled`; each iteration yields the next epoch.

    Args:
        reader: of the split.
        seed: of the run.

    Returns:
        A dataset of `SampleIndex`, every clip once.
    """
    with tf.init_scope():
        begun = tf.Variable(0, dtype=tf.int64, trainable=False)

    def indices(one: tf.Tensor) -> tf.data.Dataset:
        epoch = begun.assign_add(one) - one
        places = tf.data.Dataset.range(reader.clips)
        return places.map(lambda i: _shuffled(reader, seed, epoch, i))

    one = tf.constant(1, tf.int64)
    return tf.data.Dataset.from_tensors(one).flat_map(indices)


def in_order(
    reader: shard_reader.ShardReader,
    batch_shard: BatchShard,
    block_shards: int | None = None,
) -> tf.data.Dataset:
    """Every clip once, then the last clip again to pad the last batch.

    Args:
        reader: of the split.
        batch_shard: this host's part of every global batch.
        block_shards: shards whose index is in memory at a time; unset: all.

    Returns:
        A dataset of `SampleIndex`.
    """
    if block_shards:
        return _Blocks(reader, batch_shard, block_shards).indices(0)
    steps = -(-reader.clips // batch_shard.batch_size)

    def index(number: tf.Tensor) -> SampleIndex:
        position = batch_shard.position(number)
        place = tf.minimum(position, reader.clips - 1)
        is_new = position < reader.clips
        return SampleIndex(
            tf.constant(0, tf.int64), place, is_new, reader.table
        )

    return tf.data.Dataset.range(steps * batch_shard.host_batch).map(index)


class _Blocks:
    """Sample indices by block; at most two blocks' index is in memory."""

    def __init__(
        self,
        reader: shard_reader.ShardReader,
        batch_shard: BatchShard,
        block_shards: int,
        seed: int | None = None,
    ):
        """Without a seed, yields one epoch in order."""
        self._reader, self._batch_shard, self._seed = reader, batch_shard, seed
        self._shards = len(reader.shards)
        self._each = min(block_shards, self._shards)
        self._blocks = -(-self._shards // self._each)
        with tf.init_scope():
            clips = [shard.clips for shard in reader.shards]
            self._clips = tf.constant(clips, tf.int64)

    def indices(self, first_position: int) -> tf.data.Dataset:
        """Returns a dataset of `SampleIndex`, starting at a position."""
        first = self._block_at(first_position)
        last = tf.int64.max if self._seed is not None else self._blocks
        numbers = tf.data.Dataset.range(first, last)
        # Reads the next block while this one trains.
        blocks = numbers.map(self._load).prefetch(1)
        return blocks.flat_map(
            lambda *block: self._of_block(first_position, *block)
        )

    def _block_at(self, position: int) -> int:
        epoch, within = divmod(position, self._reader.clips)
        order = self._order(tf.constant(epoch, tf.int64))
        ends = tf.cumsum(tf.gather(self._clips, order))
        shard = int(np.searchsorted(ends.numpy(), within, side="right"))
        return epoch * self._blocks + shard // self._each

    def _order(self, epoch: tf.Tensor) -> tf.Tensor:
        """int64 [shards], in the order of an epoch."""
        shards = tf.range(self._shards, dtype=tf.int64)
        if self._seed is None:
            return shards
        key = tf.stack([tf.cast(self._seed, tf.int64), epoch])
        return _permuted(shards, key, tf.cast(self._shards, tf.int64))

    def _load(self, number: tf.Tensor) -> tuple:
        """Number, position of the first clip, clips, and index of a block."""
        epoch, block = number // self._blocks, number % self._blocks
        order = self._order(epoch)
        shards = order[block * self._each : (block + 1) * self._each]
        before = tf.gather(self._clips, order[: block * self._each])
        start = epoch * self._reader.clips + tf.reduce_sum(before)
        clips = tf.reduce_sum(tf.gather(self._clips, shards))
        return number, start, clips, self._reader.load(shards)

    def _of_block(
        self,
        first_position: int,
        number: tf.Tensor,
        start: tf.Tensor,
        clips: tf.Tensor,
        table: clip_table.ClipTable,
    ) -> tf.data.Dataset:
        batch_shard, end = self._batch_shard, start + clips
        epoch, block = number // self._blocks, number % self._blocks
        if self._seed is None:
            steps = -(-self._reader.clips // batch_shard.batch_size)
            filled = tf.constant(steps * batch_shard.batch_size, tf.int64)
            end = tf.where(block == self._blocks - 1, filled, end)

        def index(number: tf.Tensor) -> SampleIndex:
            within = batch_shard.position(number) - start
            place = tf.minimum(within, clips - 1)
            if self._seed is not None:
                key = tf.stack([tf.cast(self._seed, tf.int64), epoch])
                key = tf.random.experimental.stateless_fold_in(key, block)
                place = _permuted(place, key, clips)
            return SampleIndex(epoch, place, within < clips, table)

        first = tf.maximum(start, first_position)
        return tf.data.Dataset.range(
            batch_shard.before(first), batch_shard.before(end)
        ).map(index)


def _shuffled(
    reader: shard_reader.ShardReader,
    seed: int,
    epoch: tf.Tensor,
    place: tf.Tensor,
) -> SampleIndex:
    """The clip at a place of an epoch of the whole split."""
    key = tf.stack([tf.cast(seed, tf.int64), epoch])
    place = _permuted(place, key, tf.constant(reader.clips, tf.int64))
    return SampleIndex(epoch, place, tf.constant(True), reader.table)


def _permuted(place: tf.Tensor, key: tf.Tensor, count: tf.Tensor) -> tf.Tensor:
    """int64, the element at `place` of a permutation of `count`."""
    return tf.random.experimental.index_shuffle(place, key, count - 1)
