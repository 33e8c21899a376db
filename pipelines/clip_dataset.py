"""The tf.data graph from shards to batches, in data order.

Randomness is an argument (see clip_examples): equal positions give equal
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
    fold_reader,
    folds,
    service_address,
    shard_reader,
    unreadable_clips,
)
from pipelines.sampling import clip_length
from pipelines.text import text_tokens
from tfrecords_tools import manifest as manifests
from tfrecords_tools.base import errors, registry, settings

BatchShard = clip_order.BatchShard


@dataclasses.dataclass(frozen=True)
class Config:
    """Reading order, caching and parallelism of the input pipeline."""

    shuffle: str = settings.setting(
        "global",
        "global: perfect shuffle, with the index of the split in memory; "
        "blocks: shuffles shards, then the clips of a few shards at a time, "
        "for object storage or tens of millions of clips.",
        choices=("global", "blocks"),
    )
    block_shards: int = settings.setting(
        16, "Shards per block, for --reader.shuffle=blocks.", minimum=1
    )
    on_corrupt: str = settings.setting(
        "stop",
        "Unreadable clips. stop: end the run and name the clip; skip: mask its "
        "row of the batch.",
        choices=("stop", "skip"),
    )
    cache: str | None = settings.setting(
        None,
        "Folder for a cache of decoded, downscaled frames of the training "
        "split, written once. Evaluation reads the stored frames.",
    )
    cache_short_side: int = settings.setting(
        128,
        "Short side of cached frames, pixels.",
        minimum=8,
    )
    service: str | None = settings.setting(
        None,
        "Address of a tf.data service that prepares the training batches, as "
        "printed by launch.data_service. Order and resume are not exact then.",
    )
    folds: int | None = settings.setting(
        None,
        "Cross-validation: number of folds that the clips of the training and "
        "validation splits are dealt into, by group. launch.train "
        "--cross_validate trains all of them.",
        minimum=2,
    )
    fold: int | None = settings.setting(
        None,
        "Fold that is held out as the validation split, from 1; all other "
        "folds are the training split.",
        minimum=1,
    )
    groups: str | None = settings.setting(
        None,
        "CSV file with the columns path and group of each video, for "
        "--reader.folds. Unset: the groups in report.csv of the shards.",
    )
    group_column: str = settings.setting(
        "group", "Column of --reader.groups with the group."
    )
    parallel_clips: int | None = settings.setting(
        None, "Clips decoded in parallel; unset: autotuned.", minimum=1
    )
    prefetch_batches: int = settings.setting(
        2, "Batches prefetched ahead of the step.", minimum=1
    )

    @property
    def block(self) -> int | None:
        """Shards whose index is in memory at a time; None for all."""
        return self.block_shards if self.shuffle == "blocks" else None


@dataclasses.dataclass(frozen=True)
class Input:
    """Contents of the batches, and how to read them."""

    clip: batch.ClipSpec = batch.ClipSpec()
    augmentations: tuple[registry.Chosen, ...] = ()
    extra_inputs: tuple[registry.Chosen, ...] = ()
    audio: audio_features.Config = audio_features.Config()
    text: text_tokens.Config = text_tokens.Config()
    reader: Config = Config()

    @property
    def other_entries(self) -> list[str]:
        """Flags that add entries besides frames and labels."""
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
    def without_cache(self) -> "Input":
        """The same input read from the shards, as a served model gets it."""
        reader = dataclasses.replace(self.reader, cache=None)
        return dataclasses.replace(self, reader=reader)

    @property
    def without_service(self) -> "Input":
        """The same batches, prepared in this process and in order."""
        reader = dataclasses.replace(self.reader, service=None)
        return dataclasses.replace(self, reader=reader)


def open_split(
    shards: str | os.PathLike, split: str, input_config: Input
) -> shard_reader.ShardReader:
    """Opens a split for `training` or `evaluation`.

    Args:
        shards: output of `tfrecords_tools.build_shards`.
        split: train, validation or test.
        input_config: its `reader` names the cache, which is written if
            missing, and how much of the index to keep in memory.

    Raises:
        UserError: the shards are missing or damaged, or a video is shorter
            than the clip and `clip.short` refuses that.
    """
    config = input_config.reader
    _check_fold(config)
    if config.fold is not None and split in folds.SPLITS:
        reader = fold_reader.FoldReader(_pool(shards, input_config), split)
    else:
        folder = _cached(shards, split, input_config)
        whole = config.block is None
        reader = shard_reader.ShardReader(folder, split, whole)
    if input_config.clip.short == "refuse":
        is_training = split == "train"
        clip_length.check(input_config.clip, *reader.shortest(), is_training)
    return reader


def open_pool(
    shards: str | os.PathLike, input_config: Input
) -> shard_reader.ShardReader:
    """Opens all clips that `input_config.reader` deals into folds.

    A clip has the same `clip_id` here and in each fold.

    Args:
        shards: output of `tfrecords_tools.build_shards`.
        input_config: its `reader` has `folds`.

    Raises:
        UserError: see `open_split`.
    """
    _check_fold(input_config.reader)
    return fold_reader.FoldReader(_pool(shards, input_config))


def read_manifest(
    shards: str | os.PathLike, input_config: Input
) -> manifests.Manifest:
    """Reads the manifest of the shards; with a fold, as its splits are."""
    if input_config.reader.fold is None:
        return shard_reader.read_manifest(os.fspath(shards))
    return open_split(shards, folds.HELD_OUT, input_config).manifest


def _pool(shards: str | os.PathLike, input_config: Input) -> fold_reader.Pool:
    config = input_config.reader
    dealing = fold_reader.Dealing(
        config.folds, config.fold, config.groups, config.group_column
    )
    splits = fold_reader.pooled_splits(shards)
    places = {s: _cached(shards, s, input_config) for s in splits}
    return fold_reader.Pool(os.fspath(shards), places, dealing)


def _cached(shards: str | os.PathLike, split: str, input_config: Input) -> str:
    """The folder to read a split from: that of the cache, if there is one."""
    config = input_config.reader
    if not config.cache:
        return os.fspath(shards)
    _check_cache(input_config)
    return os.fspath(
        frame_cache.prepare(
            shards, split, config.cache, config.cache_short_side
        )
    )


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
        A dataset of batches as described in `pipelines.batch`, with `frames`
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
    )


def _check_cache(input_config: Input) -> None:
    has, needs = (
        input_config.reader.cache_short_side,
        input_config.clip.scaled_short_side,
    )
    if has < needs:
        raise errors.UserError(
            f"--reader.cache_short_side={has} is less than the short side of "
            f"{needs} pixels that clips need: wanted at least {needs}"
        )


def _check_fold(config: Config) -> None:
    if config.fold is None and config.folds is None:
        return
    if config.folds is None or (config.fold or 1) > config.folds:
        raise errors.UserError(
            f"--reader.fold={config.fold} of --reader.folds={config.folds}: "
            "wanted a fold from 1 to the number of folds"
        )
    if config.block is not None:
        raise errors.UserError(
            "--reader.folds with --reader.shuffle=blocks, which keeps no index "
            "of all clips: wanted --reader.shuffle=global"
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
