"""Opens the splits of shards: stored, cached, or dealt into folds."""

import os

from pipelines import input_settings
from pipelines.cache import frame_cache
from pipelines.reading import fold_reader, folds, shard_reader
from pipelines.sampling import clip_length
from tfrecords_tools import manifest as manifests
from tfrecords_tools.base import errors


def open_split(
    shards: str | os.PathLike, split: str, input_config: input_settings.Input
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
    shards: str | os.PathLike, input_config: input_settings.Input
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
    shards: str | os.PathLike, input_config: input_settings.Input
) -> manifests.Manifest:
    """Reads the manifest of the shards; with a fold, as its splits are."""
    if input_config.reader.fold is None:
        return shard_reader.read_manifest(os.fspath(shards))
    return open_split(shards, folds.HELD_OUT, input_config).manifest


def _pool(
    shards: str | os.PathLike, input_config: input_settings.Input
) -> fold_reader.Pool:
    config = input_config.reader
    dealing = fold_reader.Dealing(
        config.folds,
        config.fold,
        config.groups,
        config.group_column,
        config.deal,
    )
    splits = fold_reader.pooled_splits(shards)
    places = {s: _cached(shards, s, input_config) for s in splits}
    return fold_reader.Pool(os.fspath(shards), places, dealing)


def _cached(
    shards: str | os.PathLike, split: str, input_config: input_settings.Input
) -> str:
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


def _check_cache(input_config: input_settings.Input) -> None:
    has, needs = (
        input_config.reader.cache_short_side,
        input_config.clip.scaled_short_side,
    )
    if has < needs:
        raise errors.UserError(
            f"--reader.cache_short_side={has} is less than the short side of "
            f"{needs} pixels that clips need: wanted at least {needs}"
        )


def _check_fold(config: input_settings.Config) -> None:
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
