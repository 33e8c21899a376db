"""Computes the features of a split once, with a frozen encoder.

Decoding runs ahead of the encoder. Features are float32: the statistics over
time subtract neighbours, where the rounding of float16 (a thousandth of the
value) would be as large as the changes of a still scene; and a network that is
trained on them gives the same answers as the whole network.
"""

import dataclasses
import json
import pathlib
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

_VERSION = 1  # Of the contents of a cache; others are computed again.
_SKIPPED = ("frames",)


@dataclasses.dataclass(frozen=True)
class Source:
    """What features are computed from.

    Attributes:
        network: with a frozen encoder.
        backbone: its backbone, with settings.
        input_config: contents of the examples.
        reader: of the split.
        split: its name.
        seed: of the augmented views.
    """

    network: split_network.SplitNetwork
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
    if source.split != "train":
        config = dataclasses.replace(config, augmented=0)
    made_from = _describe(source, config)
    made_from = json.loads(json.dumps(made_from))  # Tuples become lists.
    found = feature_store.find(folder, source.split, made_from)
    if not feature_store.is_whole(found):
        with feature_store.locked(found):
            if not feature_store.is_whole(found):
                _compute(source, config, found, made_from)
    rows = feature_store.read(found)
    return cached_split.CachedSplit(rows, source.reader, config.crops)


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
    encode, shape = _encoder(source.network.encoder)
    clips = _clips(source, config, 0)
    specs = {
        name: feature_store.Spec(tuple(spec.shape), _dtype(spec.dtype))
        for name, spec in clips.element_spec.items()
        if name not in _SKIPPED
    }
    specs[cached_split.FEATURES] = feature_store.Spec(
        (views, *shape), "float32"
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
        for clip in _clips(source, config, writer.done):
            features = []
            for number in range(views):
                features.append(encode(clip["frames"][number]).numpy())
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


def _encoder(network: keras.Model) -> tuple[Any, tuple[int, ...]]:
    """A function of one clip, uint8 [T, H, W, 3], and the shape it gives."""

    @tf.function(
        input_signature=[tf.TensorSpec(network.input.shape[1:], tf.uint8)]
    )
    def encode(frames: tf.Tensor) -> tf.Tensor:
        clip = tf.cast(frames, tf.float32)[None]
        return tf.cast(network(clip, training=False)[0], tf.float32)

    return encode, tuple(network.output.shape[1:])
