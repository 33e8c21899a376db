"""The whole graph from shards to batches, top to bottom, in data order.

Randomness is an argument, see clip_examples: equal positions give equal
batches on any number of replicas and hosts, and after a resume.
"""

import dataclasses
import os
from collections.abc import Callable

import tensorflow as tf

from pipelines import batch, clip_examples, mixed_batches
from pipelines.audio import audio_features
from pipelines.cache import frame_cache, raw_records
from pipelines.reading import (
    clip_order,
    service_address,
    shard_reader,
    unreadable_clips,
)
from pipelines.sampling import clip_length
from pipelines.text import text_tokens
from tfrecords_tools.base import errors, registry, settings

BatchShard = clip_order.BatchShard


@dataclasses.dataclass(frozen=True)
class Config:
    """In which order clips are read, from where, and how hard."""

    shuffle: str = settings.setting(
        "global",
        "global: a perfect shuffle, the index of the split in memory; "
        "blocks: shards are shuffled, and the clips of a few at a time, for "
        "more clips than an index in memory holds, or storage far away.",
        choices=("global", "blocks"),
    )
    block_shards: int = settings.setting(
        16, "Shards of a block, for --reader.shuffle=blocks.", minimum=1
    )
    on_corrupt: str = settings.setting(
        "stop",
        "A clip that cannot be read. stop: ends the run and names it; skip: "
        "its place in the batch counts nothing.",
        choices=("stop", "skip"),
    )
    cache: str | None = settings.setting(
        None,
        "Folder for decoded frames of the training split at low resolution; "
        "made once. Evaluation sees the frames as they are stored.",
    )
    cache_short_side: int = settings.setting(
        128,
        "Short side of the frames in the cache, pixels.",
        minimum=8,
    )
    service: str | None = settings.setting(
        None,
        "Address of the tf.data service that makes the training batches, as "
        "launch.data_service prints it: then no order, nor exact resume.",
    )
    parallel_clips: int | None = settings.setting(
        None, "Clips decoded at a time; not given: tuned.", minimum=1
    )
    prefetch_batches: int = settings.setting(
        2, "Batches made ready ahead of the step.", minimum=1
    )

    @property
    def block(self) -> int | None:
        """Shards whose index is held at a time; None for all."""
        return self.block_shards if self.shuffle == "blocks" else None


@dataclasses.dataclass(frozen=True)
class Input:
    """What batches hold, and how they are made."""

    clip: batch.ClipSpec = batch.ClipSpec()
    augmentations: tuple[registry.Chosen, ...] = ()
    extra_inputs: tuple[registry.Chosen, ...] = ()
    audio: audio_features.Config = audio_features.Config()
    text: text_tokens.Config = text_tokens.Config()
    reader: Config = Config()

    @property
    def beside(self) -> list[str]:
        """Flags of what batches hold besides frames and labels."""
        return [
            flag
            for flag, is_used in (
                ("--extra_inputs", self.extra_inputs),
                ("--audio", self.audio.is_used),
                ("--text", self.text.tokens != "none"),
            )
            if is_used
        ]

    @property
    def as_stored(self) -> "Input":
        """The same from the shards, not from a cache: as a served model
        sees it."""
        reader = dataclasses.replace(self.reader, cache=None)
        return dataclasses.replace(self, reader=reader)

    @property
    def made_here(self) -> "Input":
        """The same batches, made in this process and in order."""
        reader = dataclasses.replace(self.reader, service=None)
        return dataclasses.replace(self, reader=reader)


def open_split(
    shards: str | os.PathLike, split: str, wanted: Input
) -> shard_reader.ShardReader:
    """Opens a split for `training` or `evaluation`.

    Args:
        shards: output of `tfrecords_tools.build_shards`.
        split: train, validation or test.
        wanted: says whether there is a cache, which is made where it is
            missing, and how much of the index is held.

    Raises:
        UserError: the shards are missing or damaged, or a clip is shorter
            than wanted and that is refused.
    """
    config = wanted.reader
    if config.cache:
        _check_cache(wanted)
        shards = frame_cache.ready(
            shards, split, config.cache, config.cache_short_side
        )
    reader = shard_reader.ShardReader(shards, split, config.block is None)
    if wanted.clip.short == "refuse":
        is_training = split == "train"
        clip_length.check(wanted.clip, *reader.shortest(), is_training)
    return reader


def training(
    reader: shard_reader.ShardReader,
    wanted: Input,
    batch_shard: BatchShard,
    seed: int,
    start_step: int = 0,
) -> tf.data.Dataset:
    """Endless shuffled epochs of augmented clips.

    Args:
        reader: of the training split.
        wanted: what batches hold.
        batch_shard: this host's part of every global batch.
        seed: of the run.
        start_step: steps of the global batch already taken.

    Returns:
        A dataset of batches as `pipelines.batch` says, all of full size.

    Raises:
        UserError: settings or shards do not fit together.
    """
    config = wanted.reader
    changes, mixes = changes_and_mixes(wanted)
    mixed = mixed_batches.build(mixes, reader.manifest, wanted.beside)
    _check_service(reader, config)
    maker = examples(reader, wanted, changes)
    indices = clip_order.shuffled(
        reader, batch_shard, seed, start_step, config.block
    )
    batches = _batched(
        indices,
        lambda index: maker.training(index, seed),
        batch_shard,
        config,
    )
    batches = batches.map(
        mixed, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True
    )
    if config.service:
        service = tf.data.experimental.service
        policy = service.ShardingPolicy.DYNAMIC
        batches = batches.apply(service.distribute(policy, config.service))
    return _ahead(batches, batch_shard, config)


def evaluation(
    reader: shard_reader.ShardReader,
    wanted: Input,
    batch_shard: BatchShard,
    views: int = 1,
    crops: int = 1,
) -> tf.data.Dataset:
    """Every clip once, in order; the last batch is filled up and masked.

    Args:
        reader: of the split.
        wanted: what batches hold; augmentations are not used, nor is a
            second clip drawn.
        batch_shard: this host's part of every global batch.
        views: evenly spaced places in time.
        crops: places along the long side: 1 is the centre, otherwise evenly
            spaced from end to end.

    Returns:
        A dataset of batches as `pipelines.batch` says, with `frames`
        uint8 [B, views * crops, T, H, W, 3], crop by crop. What is made of
        the frames has that axis, too; audio and tokens have one of views.

    Raises:
        UserError: settings or shards do not fit together.
    """
    config = wanted.reader
    maker = examples(reader, wanted)
    indices = clip_order.in_order(reader, batch_shard, config.block)
    batches = _batched(
        indices,
        lambda index: maker.evaluation(index, views, crops),
        batch_shard,
        config,
    )
    return _ahead(batches, batch_shard, config)


def reading(
    reader: shard_reader.ShardReader,
    wanted: Input,
    batch_shard: BatchShard,
    seed: int,
) -> tf.data.Dataset:
    """What `training` reads, clip by clip, without decoding it.

    Returns:
        A dataset of `clip_id`, int64 [], and what `clip_reading.read` gives.
    """
    maker = examples(reader, wanted)
    indices = clip_order.shuffled(
        reader, batch_shard, seed, block_shards=wanted.reader.block
    )
    records = _mapped(
        indices, lambda index: maker.reading(index, seed), wanted.reader
    )
    skips = wanted.reader.on_corrupt == "skip"
    return records.ignore_errors(log_warning=True) if skips else records


def changes_and_mixes(
    wanted: Input,
) -> tuple[tuple[registry.Chosen, ...], tuple[registry.Chosen, ...]]:
    """Augmentations that change one clip, and those that mix a batch."""
    every = wanted.augmentations
    changes = tuple(c for c in every if c.module.build)
    return changes, tuple(c for c in every if c not in changes)


def examples(
    reader: shard_reader.ShardReader,
    wanted: Input,
    changes: tuple[registry.Chosen, ...] = (),
) -> clip_examples.Examples:
    """What makes the examples of a split.

    Args:
        reader: of the split.
        wanted: what they hold; its augmentations are not used.
        changes: augmentations that change one clip.

    Raises:
        UserError: the shards do not hold what is wanted.
    """
    return clip_examples.Examples(
        reader,
        wanted.clip,
        changes,
        wanted.extra_inputs,
        wanted.audio,
        wanted.text,
    )


def _check_cache(wanted: Input) -> None:
    has, needs = wanted.reader.cache_short_side, wanted.clip.scaled_short_side
    if has < needs:
        raise errors.UserError(
            f"--reader.cache_short_side={has} is less than the {needs} pixels "
            f"that clips are made of: wanted at least {needs}"
        )


def _check_service(reader: shard_reader.ShardReader, config: Config) -> None:
    storage = reader.manifest.storage
    if config.service and storage not in ("jpeg", raw_records.STORAGE):
        raise errors.UserError(
            f"--reader.service with frames stored as {storage}, which are "
            "decoded by Python code that the service's workers do not have: "
            "build the shards with --media.storage=jpeg, or leave the "
            "service out"
        )
    if config.service:
        service_address.check(config.service)


def _batched(
    indices: tf.data.Dataset,
    example: Callable[[clip_order.SampleIndex], dict],
    batch_shard: BatchShard,
    config: Config,
) -> tf.data.Dataset:
    skips = config.on_corrupt == "skip"
    made = unreadable_clips.tolerant(example) if skips else example
    examples = _mapped(indices, made, config)
    return examples.batch(batch_shard.replica_batch, drop_remainder=True)


def _mapped(
    indices: tf.data.Dataset,
    made: Callable[[clip_order.SampleIndex], dict],
    config: Config,
) -> tf.data.Dataset:
    return indices.map(
        made,
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
