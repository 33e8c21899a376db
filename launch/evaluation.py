"""Measures networks on a split: every clip once, on any strategy."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from launch import devices
from pipelines import batch, clip_dataset, shard_reader
from tfrecords_tools.base import errors, progress
from video_models import objective as objectives


def evaluate(
    objective: objectives.Objective,
    networks: dict[str, keras.Model],
    strategy: tf.distribute.Strategy,
    reader: shard_reader.ShardReader,
    clip: batch.ClipSpec,
    batch_size: int,
    views: int = 1,
    crops: int = 1,
) -> dict[str, Any]:
    """The objective's report on all clips of a split.

    Args:
        objective: says what is counted.
        networks: the networks to measure.
        strategy: they live on.
        reader: of the split.
        clip: what a clip is.
        batch_size: clips at a time, over all replicas.
        views: temporal views of each clip, probabilities averaged.
        crops: spatial crops of each view, likewise.

    Returns:
        The metrics, with `views` and `crops`.
    """
    share = share_of(strategy, batch_size)
    data = strategy.distribute_datasets_from_function(
        lambda _: clip_dataset.evaluation(reader, clip, share, views, crops)
    )

    def on_replica(part: dict) -> dict:
        frames = tf.cast(part["frames"], tf.float32)
        return objective.counts(networks, {**part, "frames": frames})

    @tf.function
    def step(part: dict) -> dict:
        found = strategy.run(on_replica, args=(part,))
        total = tf.distribute.ReduceOp.SUM
        return {
            name: strategy.reduce(total, value, axis=None)
            for name, value in found.items()
        }

    sums: dict[str, np.ndarray] = {}
    steps = -(-reader.clips // batch_size)
    with progress.bar("evaluating", steps) as told:
        for done, part in enumerate(data, start=1):
            for name, value in step(part).items():
                sums[name] = sums.get(name, 0.0) + np.float64(value)
            told(done)
    return {**objective.report(sums), "views": views, "crops": crops}


def share_of(
    strategy: tf.distribute.Strategy, batch_size: int
) -> clip_dataset.Share:
    """This host's part of batches of `batch_size`."""
    hosts, host = devices.hosts_and_own(strategy)
    local = strategy.num_replicas_in_sync // hosts
    return clip_dataset.Share(batch_size, hosts, host, local)


def check_labels(
    wanted: tuple[str, ...], found: tuple[str, ...], where: str
) -> None:
    """Raises UserError where shards name other labels than a model knows."""
    if wanted == found:
        return
    missing = [label for label in wanted if label not in found]
    extra = [label for label in found if label not in wanted]
    what = "; ".join(
        [f"missing {missing[:5]}"] * bool(missing)
        + [f"unknown {extra[:5]}"] * bool(extra)
    )
    raise errors.UserError(
        f"{where} has {len(found)} labels, the model knows {len(wanted)} "
        f"({what or 'in another order'}): use the shards that it was "
        "trained on, or train a new model"
    )
