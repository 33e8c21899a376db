"""Evaluates networks on a split: every clip once, on any strategy."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from launch.runs import devices
from pipelines import clip_dataset
from pipelines.reading import clip_order, damaged_records, shard_reader
from tfrecords_tools.base import errors, progress
from video_models import objective as objectives

_READ = "clips read"

Batches = Callable[[clip_dataset.BatchShard], tf.data.Dataset]


def evaluate(
    objective: objectives.Objective,
    networks: dict[str, keras.Model],
    strategy: tf.distribute.Strategy,
    reader: shard_reader.ShardReader,
    input_config: clip_dataset.Input,
    batch_size: int,
    views: int = 1,
    crops: int = 1,
    batches: Batches | None = None,
) -> dict[str, Any]:
    """Returns the objective's report on all clips of a split.

    Args:
        objective: defines the metrics.
        networks: the networks to evaluate.
        strategy: of the networks.
        reader: of the split.
        input_config: the contents of batches.
        batch_size: clips per batch, over all replicas.
        views: temporal views per clip; scores are averaged.
        crops: spatial crops per view; scores are averaged.
        batches: gives the batches instead, such as those of cached features;
            `views` and `crops` are then only reported.

    Returns:
        The metrics, with `views` and `crops`.

    Raises:
        UserError: a record is damaged, or none can be read.
    """
    batch_shard = local_batch_shard(strategy, batch_size)
    batches = batches or _batches(reader, input_config, views, crops)
    data = _distributed(strategy, batches, batch_shard)
    step = _counting(objective, networks, strategy)
    done = 0

    def current_indices() -> tf.data.Dataset:
        every = clip_order.in_order(
            reader, batch_shard, input_config.reader.block
        )
        count = batch_shard.host_batch
        return every.skip(done * count).take(count)

    sums: dict[str, np.ndarray] = {}
    steps = -(-reader.clips // batch_size)
    with (
        damaged_records.explained(reader, current_indices),
        progress.bar("evaluating", steps) as advance,
    ):
        for done, batch in enumerate(data, start=1):
            for name, value in step(batch).items():
                sums[name] = sums.get(name, 0.0) + np.float64(value)
            advance(done)
    skipped = reader.clips - round(float(sums.pop(_READ)))
    _say_skipped(reader, skipped)
    return {**objective.report(sums), "views": views, "crops": crops}


def blank_report(
    objective: objectives.Objective,
    networks: dict[str, keras.Model],
    strategy: tf.distribute.Strategy,
    reader: shard_reader.ShardReader,
    input_config: clip_dataset.Input,
    batch_size: int,
    batches: Batches | None = None,
) -> dict[str, Any]:
    """The report on no clips: every metric name, without computing anything.

    Takes the arguments of `evaluate`.
    """
    batch_shard = local_batch_shard(strategy, batch_size)
    batches = batches or _batches(reader, input_config)
    data = _distributed(strategy, batches, batch_shard)
    step = _counting(objective, networks, strategy)
    counts = step.get_concrete_function(data.element_spec).structured_outputs
    return objective.report(
        {name: np.zeros(each.shape) for name, each in counts.items()}
    )


def _batches(
    reader: shard_reader.ShardReader,
    input_config: clip_dataset.Input,
    views: int = 1,
    crops: int = 1,
) -> Batches:
    return lambda batch_shard: clip_dataset.evaluation(
        reader, input_config, batch_shard, views, crops
    )


def _distributed(
    strategy: tf.distribute.Strategy,
    batches: Batches,
    batch_shard: clip_dataset.BatchShard,
) -> tf.distribute.DistributedDataset:
    return strategy.distribute_datasets_from_function(
        lambda _: batches(batch_shard)
    )


def _counting(
    objective: objectives.Objective,
    networks: dict[str, keras.Model],
    strategy: tf.distribute.Strategy,
) -> tf.types.experimental.PolymorphicFunction:
    """A function from a batch to its counts and clips, over all replicas."""

    def on_replica(batch: dict) -> dict:
        if "frames" in batch:
            frames = tf.cast(batch["frames"], tf.float32)
            batch = {**batch, "frames": frames}
        counts = objective.counts(networks, batch)
        return {**counts, _READ: tf.reduce_sum(batch["mask"])}

    @tf.function(autograph=False)
    def step(batch: dict) -> dict:
        counts = strategy.run(on_replica, args=(batch,))
        total = tf.distribute.ReduceOp.SUM
        return {
            name: strategy.reduce(total, value, axis=None)
            for name, value in counts.items()
        }

    return step


def _say_skipped(reader: shard_reader.ShardReader, clips: int) -> None:
    if clips:
        print(
            damaged_records.describe_skipped(reader.folder, clips), flush=True
        )
    if clips == reader.clips:
        raise errors.UserError(
            f"no clip of {reader.folder} could be read: remove "
            "--reader.on_corrupt=skip to see why"
        )


def local_batch_shard(
    strategy: tf.distribute.Strategy, batch_size: int
) -> clip_dataset.BatchShard:
    """This host's part of batches of `batch_size`."""
    hosts, host = devices.host_count_and_index(strategy)
    local = strategy.num_replicas_in_sync // hosts
    return clip_dataset.BatchShard(batch_size, hosts, host, local)
