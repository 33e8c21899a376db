"""Measures networks on a split: every clip once, on any strategy."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from launch.runs import devices
from pipelines import clip_dataset
from pipelines.reading import clip_order, damaged_records, shard_reader
from tfrecords_tools import manifest
from tfrecords_tools.base import errors, progress
from tfrecords_tools.base.text import names, printable
from video_models import objective as objectives

_READ = "clips read"


def evaluate(
    objective: objectives.Objective,
    networks: dict[str, keras.Model],
    strategy: tf.distribute.Strategy,
    reader: shard_reader.ShardReader,
    wanted: clip_dataset.Input,
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
        wanted: what batches hold.
        batch_size: clips at a time, over all replicas.
        views: temporal views of each clip, probabilities averaged.
        crops: spatial crops of each view, likewise.

    Returns:
        The metrics, with `views` and `crops`.

    Raises:
        UserError: a record is damaged, or none could be read.
    """
    share = share_of(strategy, batch_size)
    data = _data(strategy, reader, wanted, share, views, crops)
    step = _counting(objective, networks, strategy)
    done = 0

    def turns() -> tf.data.Dataset:
        every = clip_order.in_order(reader, share, wanted.reader.block)
        return every.skip(done * share.host_batch).take(share.host_batch)

    sums: dict[str, np.ndarray] = {}
    steps = -(-reader.clips // batch_size)
    with (
        damaged_records.explained(reader, turns),
        progress.bar("evaluating", steps) as told,
    ):
        for done, part in enumerate(data, start=1):
            for name, value in step(part).items():
                sums[name] = sums.get(name, 0.0) + np.float64(value)
            told(done)
    skipped = reader.clips - round(float(sums.pop(_READ)))
    _say_skipped(reader, skipped)
    return {**objective.report(sums), "views": views, "crops": crops}


def blank_report(
    objective: objectives.Objective,
    networks: dict[str, keras.Model],
    strategy: tf.distribute.Strategy,
    reader: shard_reader.ShardReader,
    wanted: clip_dataset.Input,
    batch_size: int,
) -> dict[str, Any]:
    """The report on no clip at all: every number that there is, each 0.

    Takes what `evaluate` takes; reads nothing, and computes nothing.
    """
    share = share_of(strategy, batch_size)
    data = _data(strategy, reader, wanted, share)
    step = _counting(objective, networks, strategy)
    found = step.get_concrete_function(data.element_spec).structured_outputs
    return objective.report(
        {name: np.zeros(each.shape) for name, each in found.items()}
    )


def _data(
    strategy: tf.distribute.Strategy,
    reader: shard_reader.ShardReader,
    wanted: clip_dataset.Input,
    share: clip_dataset.Share,
    views: int = 1,
    crops: int = 1,
) -> tf.distribute.DistributedDataset:
    return strategy.distribute_datasets_from_function(
        lambda _: clip_dataset.evaluation(reader, wanted, share, views, crops)
    )


def _counting(
    objective: objectives.Objective,
    networks: dict[str, keras.Model],
    strategy: tf.distribute.Strategy,
) -> tf.types.experimental.PolymorphicFunction:
    """A batch to its counts, over all replicas, and the clips read."""

    def on_replica(part: dict) -> dict:
        frames = tf.cast(part["frames"], tf.float32)
        counts = objective.counts(networks, {**part, "frames": frames})
        return {**counts, _READ: tf.reduce_sum(part["mask"])}

    @tf.function
    def step(part: dict) -> dict:
        found = strategy.run(on_replica, args=(part,))
        total = tf.distribute.ReduceOp.SUM
        return {
            name: strategy.reduce(total, value, axis=None)
            for name, value in found.items()
        }

    return step


def _say_skipped(reader: shard_reader.ShardReader, clips: int) -> None:
    if clips:
        print(damaged_records.skipped(reader.folder, clips), flush=True)
    if clips == reader.clips:
        raise errors.UserError(
            f"no clip of {reader.folder} could be read: leave out "
            "--reader.on_corrupt=skip to see why"
        )


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
    """Raises UserError where shards name other labels than a model knows.

    Names that are equal to the eye are equal: see `names.normalized`.
    """
    wanted = tuple(map(names.normalized, wanted))
    found = tuple(map(names.normalized, found))
    if wanted == found:
        return
    missing = [label for label in wanted if label not in found]
    extra = [label for label in found if label not in wanted]
    what = "; ".join(
        [f"missing {printable.quoted(missing[:5])}"] * bool(missing)
        + [f"unknown {printable.quoted(extra[:5])}"] * bool(extra)
    )
    raise errors.UserError(
        f"{where} has {len(found)} labels, the model knows {len(wanted)} "
        f"({what or 'in another order'}): use the shards that it was "
        "trained on, or train a new model"
    )


def check_several(
    objective: objectives.Objective, found: manifest.Manifest, where: str
) -> None:
    """Raises UserError where clips have several labels and answers but one."""
    for name, answer in objective.answers.items():
        task = name.removeprefix("scores.")
        is_main = task == name
        several = (
            found.several_labels if is_main else task in (found.several_tasks)
        )
        if several and answer.threshold is None:
            what = "label" if is_main else f"label.{task}"
            raise errors.UserError(
                f"{where} has clips of several labels in the column {what}, "
                "the model gives one: use shards of one label a clip, or "
                "train with --objective=multi_label or multi_task"
            )


def check_tasks(
    objective: objectives.Objective,
    found: dict[str, tuple[str, ...]],
    where: str,
) -> None:
    """The same for the further label sets that an objective answers."""
    for name, answer in objective.answers.items():
        task = name.removeprefix("scores.")
        if task != name:
            wanted, known = answer.labels, found.get(task, ())
            check_labels(wanted, known, f"label.{task} of {where}")
