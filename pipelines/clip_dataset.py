"""The whole graph from shards to batches, top to bottom, in data order.

Randomness is an argument: every choice takes a seed derived from the run's
seed, the epoch and the clip, so that equal positions give equal batches on
any number of replicas and hosts, and after a resume.
"""

import dataclasses
from collections.abc import Callable, Sequence

import tensorflow as tf

from pipelines import (
    batch,
    clip_sampling,
    frame_decoding,
    packet_decoding,
    shard_reader,
)
from tfrecords_tools.base import errors, registry, settings


@dataclasses.dataclass(frozen=True)
class Config:
    """How hard the machine works on the input."""

    parallel_clips: int | None = settings.setting(
        None, "Clips decoded at a time; not given: tuned.", minimum=1
    )
    prefetch_batches: int = settings.setting(
        2, "Batches made ready ahead of the step.", minimum=1
    )


@dataclasses.dataclass(frozen=True)
class Share:
    """The part of every global batch that this host reads.

    Attributes:
        batch_size: examples of the global batch.
        hosts: how many hosts share it.
        host: which one this is, from 0.
        replicas: replicas on this host; batches come out one a replica.
    """

    batch_size: int
    hosts: int = 1
    host: int = 0
    replicas: int = 1

    def __post_init__(self):
        parts = self.hosts * self.replicas
        if self.batch_size % parts:
            raise errors.UserError(
                f"batch size {self.batch_size} cannot be shared by {parts} "
                f"replicas: wanted a multiple of {parts}"
            )

    @property
    def replica_batch(self) -> int:
        """Examples of one batch that comes out."""
        return self.batch_size // (self.hosts * self.replicas)

    def positions(self, start: int, stop: int | None) -> tf.data.Dataset:
        """int64 [], the global positions of this host's examples in order.

        Args:
            start: first position, a multiple of the batch size.
            stop: position after the last one; None goes on for ever.
        """
        own = self.batch_size // self.hosts
        first = start // self.batch_size * own
        last = tf.int64.max if stop is None else -(-stop // self.hosts)
        local = tf.data.Dataset.range(first, last)
        offset = self.host * own
        return local.map(
            lambda i: i // own * self.batch_size + offset + i % own
        )


def training(
    reader: shard_reader.ShardReader,
    clip: batch.ClipSpec,
    augmentations: Sequence[registry.Chosen],
    share: Share,
    seed: int,
    start_step: int = 0,
    config: Config = Config(),
) -> tf.data.Dataset:
    """Endless shuffled epochs of augmented clips.

    Args:
        reader: of the training split.
        clip: what a clip is.
        augmentations: files of `pipelines.augmentations` in their order; the
            first that offers `window` decides what is decoded.
        share: this host's part of the global batch.
        seed: of the run.
        start_step: steps of the global batch already taken.
        config: how hard the machine works.

    Returns:
        A dataset of batches as `pipelines.batch` says, all of full size.
    """
    cropper, changes = _split_off_window(augmentations)

    def example(position: tf.Tensor) -> dict:
        place, epoch = reader.training_place(position, seed)
        clip_id = reader.clip_id(place)
        seeds = _seeds(seed, epoch, clip_id)
        at = tf.random.stateless_uniform((), seeds(0))
        stored = reader.frame_count(place)
        indices = clip_sampling.sample_frames(stored, clip, at)
        record = reader.read(place, indices)
        if cropper is None:
            decoded = _decoded(reader, record)
            frames = frame_decoding.scale_and_crop(decoded, clip)
        else:
            shape = tf.stack([record["height"], record["width"]])
            window = cropper(shape, seeds(1))
            frames = _decoded_window(reader, record, window, clip.size)
        frames = tf.ensure_shape(frames, clip.shape)
        for number, change in enumerate(changes, start=2):
            frames = change(frames, seeds(number))
        labels = _labels(reader, record)
        return _example(frames, labels, tf.constant(1.0), clip_id)

    positions = share.positions(start_step * share.batch_size, None)
    return _batched(positions, example, share, config)


def evaluation(
    reader: shard_reader.ShardReader,
    clip: batch.ClipSpec,
    share: Share,
    views: int = 1,
    crops: int = 1,
    config: Config = Config(),
) -> tf.data.Dataset:
    """Every clip once, in order; the last batch is filled up and masked.

    Args:
        reader: of the split.
        clip: what a clip is.
        share: this host's part of the global batch.
        views: evenly spaced places in time.
        crops: places along the long side: 1 is the centre, otherwise evenly
            spaced from end to end.
        config: how hard the machine works.

    Returns:
        A dataset of batches as `pipelines.batch` says, with `frames`
        uint8 [B, views * crops, T, H, W, 3].
    """
    last = crops - 1
    crop_places = [i / last for i in range(crops)] if last else [0.5]

    def example(position: tf.Tensor) -> dict:
        place = tf.minimum(position, reader.clips - 1)
        stored = reader.frame_count(place)
        indices = [
            clip_sampling.sample_frames(
                stored, clip, clip_sampling.view_place(view, views)
            )
            for view in range(views)
        ]
        record = reader.read(place, tf.concat(indices, axis=0))
        decoded = _decoded(reader, record)
        cropped = [
            tf.reshape(
                frame_decoding.scale_and_crop(decoded, clip, at),
                (views, *clip.shape),
            )
            for at in crop_places
        ]
        mask = tf.cast(position < reader.clips, tf.float32)
        frames = tf.concat(cropped, axis=0)
        labels = _labels(reader, record)
        return _example(frames, labels, mask, reader.clip_id(place))

    steps = -(-reader.clips // share.batch_size)
    positions = share.positions(0, steps * share.batch_size)
    return _batched(positions, example, share, config)


def _split_off_window(
    augmentations: Sequence[registry.Chosen],
) -> tuple[Callable | None, list[Callable]]:
    """The window that is decoded, and the changes made after it."""
    rest = list(augmentations)
    cropper = None
    for chosen in augmentations:
        if hasattr(chosen.module, "window"):
            cropper = chosen.module.window(chosen.config)
            rest.remove(chosen)
            break
    return cropper, [chosen.build() for chosen in rest]


def _decoded(reader: shard_reader.ShardReader, record: dict) -> tf.Tensor:
    """uint8 [T, height, width, 3], whole frames."""
    storage = reader.manifest.storage
    if storage == "jpeg":
        return frame_decoding.decode_clip(record["frames"])
    return packet_decoding.decode_clip(
        storage, record["frames"], record["shown"]
    )


def _decoded_window(
    reader: shard_reader.ShardReader,
    record: dict,
    window: tf.Tensor,
    size: int,
) -> tf.Tensor:
    """uint8 [T, size, size, 3], one window of every frame."""
    storage = reader.manifest.storage
    if storage == "jpeg":
        return frame_decoding.decode_window(record["frames"], window, size)
    return packet_decoding.decode_window(
        storage, record["frames"], record["shown"], window, size
    )


def _seeds(
    seed: int, epoch: tf.Tensor, clip_id: tf.Tensor
) -> Callable[[int], tf.Tensor]:
    """A seed, int64 [2], for each numbered choice made about one clip."""
    fold = tf.random.experimental.stateless_fold_in
    base = fold(fold(tf.constant([seed, 0], tf.int64), epoch), clip_id)
    return lambda number: fold(base, number)


def _labels(reader: shard_reader.ShardReader, record: dict) -> dict:
    about = reader.manifest
    own = _label(record["label_ids"], len(about.labels), about.several_labels)
    further = {
        f"label.{task}": _label(
            record[f"{task}.label_ids"],
            len(names),
            task in about.several_tasks,
        )
        for task, names in about.tasks.items()
    }
    return {"label": own, **further}


def _label(ids: tf.Tensor, classes: int, several: bool) -> tf.Tensor:
    """int32 [], -1 where there is none; or float32 [classes] if several."""
    if several:
        return tf.reduce_max(
            tf.one_hot(tf.concat([ids, [-1]], axis=0), classes), axis=0
        )
    return tf.cast(tf.concat([ids, [-1]], axis=0)[0], tf.int32)


def _example(
    frames: tf.Tensor, labels: dict, mask: tf.Tensor, clip_id: tf.Tensor
) -> dict:
    return {"frames": frames, **labels, "mask": mask, "clip_id": clip_id}


def _batched(
    positions: tf.data.Dataset,
    example: Callable[[tf.Tensor], dict],
    share: Share,
    config: Config,
) -> tf.data.Dataset:
    options = tf.data.Options()
    options.deterministic = True
    clips = positions.map(
        example,
        num_parallel_calls=config.parallel_clips or tf.data.AUTOTUNE,
    )
    batches = clips.batch(share.replica_batch, drop_remainder=True)
    batches = batches.prefetch(config.prefetch_batches * share.replicas)
    return batches.with_options(options)
