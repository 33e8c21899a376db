"""Computes the features of a split once, with a frozen encoder.

Decoding runs ahead of the encoder. Features are float32: the statistics over
time subtract neighbours, where the rounding of float16 (a thousandth of the
value) would be as large as the changes of a still scene; and a network that is
trained on them gives the answers of the whole network, except for rounding: the
encoder is folded, as in exports.
"""

import dataclasses
import json
import pathlib
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from launch.features import cached_split, feature_store
from launch.runs import feature_settings
from pipelines import clip_dataset, clip_views
from pipelines.reading import clip_order, damaged_records, shard_reader
from tfrecords_tools.base import progress, registry, settings
from video_models import split_network
from video_models.introspection import weight_fingerprint

# Of the contents of a cache; others are computed again. 2: the encoder is
# folded, which rounds otherwise.
_VERSION = 2
_SKIPPED = ("frames",)


@dataclasses.dataclass(frozen=True)
class Source:
    """What features are computed from.

    Attributes:
        network: with a frozen encoder.
        encode: its `frozen_encoder`, for one clip at a time.
        backbone: its backbone, with settings.
        input_config: contents of the examples.
        reader: of the split.
        split: its name.
        seed: of the augmented views.
    """

    network: split_network.SplitNetwork
    encode: Callable[[tf.Tensor], tf.Tensor]
    backbone: registry.Chosen
    input_config: clip_dataset.Input
    reader: shard_reader.ShardReader
    split: str
    seed: int


def cached(
    source: Source, config: feature_settings.Config, folder: pathlib.Path
) -> cached_split.CachedSplit:
    """The features of a split; computes those that are missing.

    Args:
        source: encoder and clips.
        config: the views.
        folder: for the features of any splits and runs.

    Raises:
        UserError: a record is damaged, or the disk is too small.
    """
    config = _of_split(config, source.split)
    made_from, found = _place(source, config, folder)
    if not feature_store.is_whole(found):
        with feature_store.locked(found):
            if not feature_store.is_whole(found):
                _compute(source, config, found, made_from)
    rows = feature_store.read(found)
    return cached_split.CachedSplit(rows, source.reader, config.crops)


def stored(
    source: Source, config: feature_settings.Config, folder: pathlib.Path
) -> cached_split.CachedSplit | None:
    """The features of a split if all are there; see `cached`."""
    config = _of_split(config, source.split)
    _, found = _place(source, config, folder)
    if not feature_store.is_whole(found):
        return None
    rows = feature_store.read(found)
    return cached_split.CachedSplit(rows, source.reader, config.crops)


def _of_split(
    config: feature_settings.Config, split: str
) -> feature_settings.Config:
    augmented = config.augmented if split == "train" else 0
    return dataclasses.replace(config, augmented=augmented)


def _place(
    source: Source, config: feature_settings.Config, folder: pathlib.Path
) -> tuple[dict[str, Any], pathlib.Path]:
    """What the features depend on, and their folder."""
    # Through JSON, in which tuples are lists.
    made_from = json.loads(json.dumps(_describe(source, config)))
    return made_from, feature_store.find(folder, source.split, made_from)


def _describe(
    source: Source, config: feature_settings.Config
) -> dict[str, Any]:
    """All that the features depend on, JSON values."""
    given, manifest = source.input_config, source.reader.manifest
    backbone = settings.to_dict(source.backbone.config)
    backbone.pop("weights", None)  # The fingerprint tells.
    described = {
        "version": _VERSION,
        "backbone": [source.backbone.name, backbone],
        "weights": weight_fingerprint.compute(source.network.encoder),
        "precision": keras.mixed_precision.dtype_policy().name,
        "clip": settings.to_dict(given.clip),
        "crops": config.crops,
        "on_corrupt": given.reader.on_corrupt,
        "shards": [shard.sha256 for shard in source.reader.shards],
        "labels": manifest.labels,
    }
    if config.augmented:
        described["augmented"] = config.augmented
        described["seed"] = source.seed
        described["augmentations"] = [
            [each.name, settings.to_dict(each.config)]
            for each in given.augmentations
        ]
    return described


def _compute(
    source: Source,
    config: feature_settings.Config,
    folder: pathlib.Path,
    made_from: dict[str, Any],
) -> None:
    views = config.crops + config.augmented
    encoder = source.network.encoder
    # Building the graph takes a second: once, from the first missing clip.
    first = feature_store.standing(folder, made_from) or 0
    clips = _clips(source, config, first)
    specs = {
        name: feature_store.Spec(tuple(spec.shape), _dtype(spec.dtype))
        for name, spec in clips.element_spec.items()
        if name not in _SKIPPED
    }
    specs[cached_split.FEATURES] = feature_store.Spec(
        (views, *encoder.output.shape[1:]), "float32"
    )
    reader = source.reader
    writer = feature_store.Writer(folder, reader.clips, specs, made_from)
    text = f"features of {reader.clips} {source.split} clips"

    def current() -> tf.data.Dataset:
        every = clip_order.in_order(reader, clip_order.BatchShard(1))
        return every.skip(writer.done)

    with (
        damaged_records.explained(reader, current),
        progress.bar(text, reader.clips * views) as tell,
    ):
        for clip in clips:
            features = []
            for number in range(views):
                view = clip["frames"][number, None]
                features.append(source.encode(view)[0].numpy())
                tell(writer.done * views + number + 1)
            rows = {
                name: np.asarray(clip[name].numpy(), specs[name].dtype)[None]
                for name in specs
                if name in clip
            }
            writer.add(
                {**rows, cached_split.FEATURES: np.stack(features)[None]}
            )
    writer.finish()


def _dtype(dtype: tf.DType) -> str:
    # Paths are read for groups; longer ones than this do not exist.
    return "S4096" if dtype == tf.string else dtype.name


def _clips(
    source: Source, config: feature_settings.Config, first: int
) -> tf.data.Dataset:
    return clip_views.views(
        source.reader,
        source.input_config,
        config.crops,
        config.augmented,
        source.seed,
        first,
    )
