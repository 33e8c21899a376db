"""Evaluates networks on a split: every clip once, on any strategy."""

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from launch.runs import devices
from pipelines import clip_dataset
from pipelines.reading import clip_order, damaged_records, shard_reader
from tfrecords_tools.base import errors, progress
from video_models import objective as objectives

_READ = "clips read"
CLIP = "clip_id"  # Of the rows.
_MASK = "mask"


class Evaluated(NamedTuple):
    """The result of an evaluation.

    Attributes:
        report: the objective's metrics, with `views` and `crops`.
        rows: answers and labels of each clip that was read, sorted by
            `CLIP`, int64 [N]: the scores of `Objective.counts_and_rows`,
            `Objective.rows`, and `label` and `label.<task>` as in batches.
            Empty for an objective without any of the former.
    """

    report: dict[str, Any]
    rows: dict[str, np.ndarray]


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
) -> Evaluated:
    """Returns the objective's report on all clips of a split, and a row each.

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
    parts: list[dict[str, np.ndarray]] = []
    steps = -(-reader.clips // batch_size)
    with (
        damaged_records.explained(reader, current_indices),
        progress.bar("evaluating", steps) as advance,
    ):
        for done, batch in enumerate(data, start=1):
            counts, rows = step(batch)
            for name, value in counts.items():
                sums[name] = sums.get(name, 0.0) + np.float64(value)
            parts.append({name: each.numpy() for name, each in rows.items()})
            advance(done)
    skipped = reader.clips - round(float(sums.pop(_READ)))
    _say_skipped(reader, skipped)
    rows = _sorted_rows(parts)
    report = {
        **objective.report(sums),
        **objective.report_rows(rows),
        "views": views,
        "crops": crops,
    }
    return Evaluated(report, rows)


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
    outputs = step.get_concrete_function(data.element_spec).structured_outputs
    counts, rows = outputs
    nothing = {
        name: np.zeros((0, *each.shape[1:]), each.dtype.as_numpy_dtype)
        for name, each in rows.items()
        if name != _MASK
    }
    sums = {name: np.zeros(each.shape) for name, each in counts.items()}
    return {**objective.report(sums), **objective.report_rows(nothing)}


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
    """A function from a batch to its counts and rows, over all replicas."""

    def on_replica(batch: dict) -> tuple[dict, dict]:
        if "frames" in batch:
            frames = tf.cast(batch["frames"], tf.float32)
            batch = {**batch, "frames": frames}
        counts, rows = objective.counts_and_rows(networks, batch)
        rows = {**rows, **objective.rows(networks, batch)}
        if rows:
            kept = (CLIP, _MASK, *filter(_is_label, batch))
            rows = {**rows, **{name: batch[name] for name in kept}}
        return {**counts, _READ: tf.reduce_sum(batch[_MASK])}, rows

    @tf.function(autograph=False)
    def step(batch: dict) -> tuple[dict, dict]:
        counts, rows = strategy.run(on_replica, args=(batch,))
        total = tf.distribute.ReduceOp.SUM
        sums = {
            name: strategy.reduce(total, value, axis=None)
            for name, value in counts.items()
        }
        if strategy.num_replicas_in_sync > 1:
            rows = {k: strategy.gather(v, axis=0) for k, v in rows.items()}
        return sums, rows

    return step


def _is_label(name: str) -> bool:
    return name.partition(".")[0] == "label"


def _sorted_rows(parts: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """The rows of all batches, without padding."""
    rows = {
        name: np.concatenate([part[name] for part in parts])
        for name in parts[0]
    }
    if not rows:
        return {}
    read = np.flatnonzero(rows.pop(_MASK))
    order = read[np.argsort(rows[CLIP][read], kind="stable")]
    return {name: values[order] for name, values in rows.items()}


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
