"""The tf.data graph from shards to batches, in data order.

Randomness is an argument (see clip_examples): equal positions give equal
batches on any number of replicas and hosts, and after a resume.
"""

from collections.abc import Callable

import tensorflow as tf

from pipelines import (
    clip_examples,
    input_settings,
    mixed_batches,
    split_readers,
)
from pipelines.cache import raw_records
from pipelines.reading import (
    clip_order,
    service_address,
    shard_reader,
    unreadable_clips,
)
from tfrecords_tools.base import errors, registry

BatchShard = clip_order.BatchShard
Config, Input = input_settings.Config, input_settings.Input
open_split = split_readers.open_split


def training(
    reader: shard_reader.ShardReader,
    input_config: Input,
    batch_shard: BatchShard,
    seed: int,
    start_step: int = 0,
) -> tf.data.Dataset:
    """Endless shuffled epochs of augmented clips.

    Args:
        reader: of the training split.
        input_config: contents of the batches.
        batch_shard: this host's part of every global batch.
        seed: of the run.
        start_step: steps of the global batch already taken.

    Returns:
        A dataset of full batches as described in `pipelines.batch`.

    Raises:
        UserError: settings and shards are incompatible.
    """
    config = input_config.reader
    changes, mixes = split_augmentations(input_config)
    mixed = mixed_batches.build(
        mixes, reader.manifest, input_config.other_entries
    )
    _check_service(reader, config)
    examples = build_examples(reader, input_config, changes)
    indices = clip_order.shuffled(
        reader, batch_shard, seed, start_step, config.block
    )
    batches = _batched(
        indices,
        lambda index: examples.training(index, seed),
        batch_shard,
        config,
    )
    batches = batches.map(
        tf.autograph.experimental.do_not_convert(mixed),
        num_parallel_calls=tf.data.AUTOTUNE,
        deterministic=True,
    )
    if config.service:
        service = tf.data.experimental.service
        policy = service.ShardingPolicy.DYNAMIC
        batches = batches.apply(service.distribute(policy, config.service))
    return _ahead(batches, batch_shard, config)


def evaluation(
    reader: shard_reader.ShardReader,
    input_config: Input,
    batch_shard: BatchShard,
    views: int = 1,
    crops: int = 1,
) -> tf.data.Dataset:
    """Every clip once, in order; the last batch is padded and masked.

    Args:
        reader: of the split.
        input_config: contents of the batches, without augmentations and
            second clips.
        batch_shard: this host's part of every global batch.
        views: clips evenly spaced in time.
        crops: crops along the long side: 1 is the centre crop, more are
            evenly spaced from end to end.

    Returns:
        A dataset of batches as described in `pipelines.batch`; `frames` are
        uint8 [B, views * crops, T, H, W, 3], crop by crop. Extra inputs have
        the same second axis; audio and tokens have an axis of views.

    Raises:
        UserError: settings and shards are incompatible.
    """
    config = input_config.reader
    examples = build_examples(reader, input_config)
    indices = clip_order.in_order(reader, batch_shard, config.block)
    batches = _batched(
        indices,
        lambda index: examples.evaluation(index, views, crops),
        batch_shard,
        config,
    )
    return _ahead(batches, batch_shard, config)


def reading(
    reader: shard_reader.ShardReader,
    input_config: Input,
    batch_shard: BatchShard,
    seed: int,
) -> tf.data.Dataset:
    """The records that `training` reads, clip by clip, undecoded.

    Returns:
        A dataset of `clip_id`, int64 [], and the result of
        `clip_reading.read`.
    """
    examples = build_examples(reader, input_config)
    indices = clip_order.shuffled(
        reader, batch_shard, seed, block_shards=input_config.reader.block
    )
    records = _mapped(
        indices,
        lambda index: examples.reading(index, seed),
        input_config.reader,
    )
    skips = input_config.reader.on_corrupt == "skip"
    return records.ignore_errors(log_warning=True) if skips else records


def split_augmentations(
    input_config: Input,
) -> tuple[tuple[registry.Chosen, ...], tuple[registry.Chosen, ...]]:
    """Augmentations that change single clips, and those that mix batches."""
    every = input_config.augmentations
    changes = tuple(c for c in every if c.module.build)
    return changes, tuple(c for c in every if c not in changes)


def build_examples(
    reader: shard_reader.ShardReader,
    input_config: Input,
    changes: tuple[registry.Chosen, ...] = (),
) -> clip_examples.Examples:
    """Returns the object that builds the examples of a split.

    Args:
        reader: of the split.
        input_config: contents of the examples; its augmentations are unused.
        changes: augmentations that change single clips.

    Raises:
        UserError: the shards lack requested data.
    """
    return clip_examples.Examples(
        reader,
        input_config.clip,
        changes,
        input_config.extra_inputs,
        input_config.audio,
        input_config.text,
        input_config.frames,
    )


def _check_service(reader: shard_reader.ShardReader, config: Config) -> None:
    storage = reader.manifest.storage
    if config.service and storage not in ("jpeg", raw_records.STORAGE):
        raise errors.UserError(
            f"--reader.service with frames stored as {storage}: their decoder "
            "is Python code, which workers of the service cannot run; build "
            "the shards with --media.storage=jpeg, or leave the service out"
        )
    if config.service:
        service_address.check(config.service)


def _batched(
    indices: tf.data.Dataset,
    example: Callable[[clip_order.SampleIndex], dict],
    batch_shard: BatchShard,
    config: Config,
) -> tf.data.Dataset:
    if config.on_corrupt == "skip":
        example = unreadable_clips.tolerant(example)
    examples = _mapped(indices, example, config)
    return examples.batch(batch_shard.replica_batch, drop_remainder=True)


def _mapped(
    indices: tf.data.Dataset,
    example: Callable[[clip_order.SampleIndex], dict],
    config: Config,
) -> tf.data.Dataset:
    return indices.map(
        # Conversion by AutoGraph, which nothing here needs, takes seconds.
        tf.autograph.experimental.do_not_convert(example),
        num_parallel_calls=config.parallel_clips or tf.data.AUTOTUNE,
        deterministic=True,
    )


def _ahead(
    batches: tf.data.Dataset, batch_shard: BatchShard, config: Config
) -> tf.data.Dataset:
    options = tf.data.Options()
    options.deterministic = True
    batches = batches.prefetch(config.prefetch_batches * batch_shard.replicas)
    return batches.with_options(options)
