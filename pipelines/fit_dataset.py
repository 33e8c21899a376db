"""Datasets for `model.fit`: `(x, y)` batches, one epoch long.

The clips are bit-identical to those of `clip_dataset`. Entries for the train
loop of launch (masks, clip numbers) and exact resume are left out.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import tensorflow as tf

from pipelines import batch, clip_dataset, mixed_batches
from pipelines.audio import audio_features
from pipelines.reading import clip_order, shard_reader
from pipelines.text import text_tokens
from tfrecords_tools import manifest as manifests
from tfrecords_tools.base import errors, registry
from tfrecords_tools.base.keywords import keyword_settings

_AUGMENTATIONS = "pipelines.augmentations"
_SECTIONS = (
    keyword_settings.Section("clip", "", batch.ClipSpec),
    keyword_settings.Section("audio", "audio_", audio_features.Config),
    keyword_settings.Section("text", "text_", text_tokens.Config),
)
_KEYWORDS = ("batch_size", "augment", "training", "label_mode", "task", "seed")
_LABEL_MODES = ("int", "categorical")
_NO_INPUT = ("mask", "clip_id", "mixing_seed")  # Besides labels.

Augment = str | Sequence[str] | Mapping[str, Mapping[str, Any]]


def dataset(
    shards: str | os.PathLike,
    split: str = "train",
    *,
    frames: int = 16,
    size: int = 112,
    stride: int = 2,
    batch_size: int = 16,
    augment: Augment = (),
    training: bool | None = None,
    label_mode: str = "int",
    task: str | None = None,
    seed: int = 0,
    **settings: Any,
) -> tf.data.Dataset:
    """Returns batches of clips for `fit`, `evaluate` and `predict` of Keras.

        train = pipelines.dataset("SHARDS", augment=["flip"])
        validation = pipelines.dataset("SHARDS", "validation")
        model.fit(train, validation_data=validation, epochs=10)

    Args:
        shards: folder that tfrecords_tools.build_shards wrote.
        split: train, validation or test.
        frames: frames of a clip.
        size: height and width of the frames in pixels.
        stride: step between frames of a clip, in stored frames.
        batch_size: clips per batch; the last batch of an epoch may be smaller.
        augment: files of `pipelines.augmentations` in order, or a dict with
            their settings, `{"crop": {"pixels": 96}}`. Training only.
        training: True shuffles and samples the videos anew in each epoch;
            False yields each clip once, in order, from its centre. None: True
            for the split train.
        label_mode: `int` for class ids, `categorical` for one-hot labels,
            which `mixup` and `cutmix` need.
        task: the label set; None: the main one.
        seed: equal seeds give equal epochs, in a new dataset.
        **settings: of clips, `sampling="uniform"`, `stride_seconds=0.1`; of
            audio with the prefix `audio_`, `audio_features="log_mel"`; of
            captions and words with `text_`, `text_tokens="words"`.

    Returns:
        A dataset of `(x, y)`, one epoch long, with known cardinality. `x`:
        frames, uint8 [B, frames, size, size, 3]; with audio or text a dict of
        `frames` and their entries of `pipelines.batch`. `y`: int32 [B];
        float32 [B, classes] with `label_mode="categorical"` and for
        multi-label sets. Unlabelled clips are left out, except in multi-label
        sets. `mixup` and `cutmix` drop the last partial batch, different
        clips in each epoch.

    Raises:
        UserError: missing or damaged shards, an unknown name or setting (with
            the nearest one), settings that do not fit the shards.
    """
    given = {"frames": frames, "size": size, "stride": stride, **settings}
    with keyword_settings.in_keywords(_SECTIONS, "augment"):
        clip, audio, text = keyword_settings.configs(
            _SECTIONS, given, _KEYWORDS
        )
        _check(batch_size, label_mode)
        if training is None:
            training = split == "train"
        input_config = clip_dataset.Input(
            clip, _chosen(augment) if training else (), (), audio, text
        )
        reader = clip_dataset.open_split(shards, split, input_config)
        targets = _Targets(reader.manifest, split, task, label_mode)
        if training:
            return _training(reader, input_config, targets, batch_size, seed)
        return _evaluation(reader, input_config, targets, batch_size)


def labels(
    shards: str | os.PathLike, task: str | None = None
) -> tuple[str, ...]:
    """Returns the names of the classes, in the order of their ids.

    Args:
        shards: folder that tfrecords_tools.build_shards wrote.
        task: the label set; None: the main one.

    Raises:
        UserError: there are no such shards, or no such label set.
    """
    return _labels(shard_reader.read_manifest(os.fspath(shards)), task)


class _Targets:
    """Targets from the labels of a split."""

    def __init__(
        self,
        manifest: manifests.Manifest,
        split: str,
        task: str | None,
        label_mode: str,
    ):
        self._name = f"label.{task}" if task else "label"
        self._classes = len(_labels(manifest, task))
        several = (
            task in manifest.several_tasks if task else manifest.several_labels
        )
        counts = (
            manifest.task_counts.get(task, {})
            if task
            else manifest.label_counts
        )
        self._several = several
        self._counts = counts.get(split)  # None in old shards.
        self.is_int = label_mode == "int" and not several

    def batches(
        self,
        reader: shard_reader.ShardReader,
        clips: tf.data.Dataset,
        batch_size: int,
        mixed: Callable[[dict], dict] | None = None,
    ) -> tf.data.Dataset:
        """Batches the examples of one epoch as (x, y).

        Args:
            reader: of the split.
            clips: the examples.
            batch_size: clips per batch.
            mixed: mixes the clips of a full batch.

        Raises:
            UserError: there are fewer labelled clips than one batch needs.
        """
        count = reader.clips
        if not self._several:
            clips = clips.filter(lambda example: example[self._name] >= 0)
            count = sum(self._counts) if self._counts is not None else None
        batches = clips.batch(batch_size, drop_remainder=mixed is not None)
        if mixed is not None:
            batches = batches.map(
                tf.autograph.experimental.do_not_convert(mixed)
            )
        batches = batches.map(self._pair)
        if count is not None:
            rest = 0 if mixed is not None else batch_size - 1
            steps = (count + rest) // batch_size
            if not steps:
                raise errors.UserError(
                    f"{reader.folder} has {count} labelled clips in this "
                    f"split, fewer than a batch of {batch_size}: lower "
                    "batch_size"
                )
            known = tf.data.experimental.assert_cardinality(steps)
            batches = batches.apply(known)
        options = tf.data.Options()
        options.deterministic = True
        return batches.prefetch(tf.data.AUTOTUNE).with_options(options)

    def _pair(self, examples: dict) -> tuple[Any, tf.Tensor]:
        """x and y of a batch."""
        y = examples[self._name]
        if not self.is_int and y.dtype != tf.float32:
            y = tf.one_hot(y, self._classes)
        x = {k: v for k, v in examples.items() if not _is_no_input(k)}
        return (x if len(x) > 1 else x["frames"]), y


def _labels(manifest: manifests.Manifest, task: str | None) -> tuple[str, ...]:
    if task is None:
        if not manifest.labels:
            raise errors.UserError(
                "these shards have no labels: give a label column or folders "
                "named by class, and build them again"
            )
        return manifest.labels
    if task not in manifest.tasks:
        known = list(manifest.tasks)
        raise errors.UserError(
            f"no task {task!r} in these shards{errors.nearest(task, known)}; "
            f"there is {', '.join(known) or 'none'}"
        )
    return manifest.tasks[task]


def _check(batch_size: int, label_mode: str) -> None:
    if not isinstance(batch_size, int) or batch_size < 1:
        raise errors.UserError(f"batch_size={batch_size!r}: wanted at least 1")
    if label_mode not in _LABEL_MODES:
        near = errors.nearest(str(label_mode), _LABEL_MODES)
        raise errors.UserError(
            f"label_mode={label_mode!r}{near}; wanted int or categorical"
        )


def _chosen(augment: Augment) -> tuple[registry.Chosen, ...]:
    names = [augment] if isinstance(augment, str) else list(augment)
    twins = [name for name in names if names.count(name) > 1]
    if twins:
        raise errors.UserError(f"augment names {twins[0]!r} twice: wanted once")
    settings = augment if isinstance(augment, Mapping) else {}
    chosen = []
    for name in names:
        config = registry.load(_AUGMENTATIONS, name).Config
        section = keyword_settings.Section(name, "", config)
        (config,) = keyword_settings.configs(
            [section], settings.get(name, {}), ()
        )
        chosen.append(registry.choose(_AUGMENTATIONS, name, config))
    return tuple(chosen)


def _training(
    reader: shard_reader.ShardReader,
    input_config: clip_dataset.Input,
    targets: _Targets,
    batch_size: int,
    seed: int,
) -> tf.data.Dataset:
    changes, mixes = clip_dataset.split_augmentations(input_config)
    if mixes and targets.is_int:
        raise errors.UserError(
            f"augment {mixes[0].name} mixes labels: wanted "
            "label_mode='categorical', for the validation data too, and the "
            "loss categorical_crossentropy"
        )
    examples = clip_dataset.build_examples(reader, input_config, changes)

    @tf.autograph.experimental.do_not_convert
    def drawn(index: clip_order.SampleIndex) -> dict:
        return examples.training(index, seed)

    clips = clip_order.epoch_by_epoch(reader, seed).map(
        drawn, num_parallel_calls=tf.data.AUTOTUNE
    )
    if not mixes:
        return targets.batches(reader, clips, batch_size)
    mixed = mixed_batches.build(
        mixes, reader.manifest, input_config.other_entries
    )
    return targets.batches(reader, clips, batch_size, mixed)


def _evaluation(
    reader: shard_reader.ShardReader,
    input_config: clip_dataset.Input,
    targets: _Targets,
    batch_size: int,
) -> tf.data.Dataset:
    examples = clip_dataset.build_examples(reader, input_config)

    @tf.autograph.experimental.do_not_convert
    def only_view(index: clip_order.SampleIndex) -> dict:
        example = examples.evaluation(index, views=1, crops=1)
        return {
            name: value if _is_no_input(name) else value[0]
            for name, value in example.items()
        }

    indices = clip_order.in_order(reader, clip_order.BatchShard(1))
    clips = indices.map(only_view, num_parallel_calls=tf.data.AUTOTUNE)
    return targets.batches(reader, clips, batch_size)


def _is_no_input(name: str) -> bool:
    """Whether an entry of an example is no input of networks."""
    return name in _NO_INPUT or name.partition(".")[0] == "label"
