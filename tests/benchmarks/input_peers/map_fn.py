"""Plain tf.image on whole decoded frames, as a Keras tutorial has it.

The variant is the dtype that comes out: float32 in 0..1 or uint8.
"""

import pathlib
from collections.abc import Callable, Iterator
from typing import Any

import tensorflow as tf

from tests.benchmarks.input import input_worker

PACKAGES = ("tensorflow",)
FRAMES = {"image/encoded": tf.io.FixedLenSequenceFeature((), tf.string)}
BOX = tf.constant([0.0, 0.0, 1.0, 1.0], shape=(1, 1, 4))


def batches(job: input_worker.Job) -> Iterator[Any]:
    """Yields [B, T, H, W, 3] of the variant's dtype."""
    files = sorted(map(str, pathlib.Path(job.data).glob("*.tfrecord")))
    records = tf.data.Dataset.from_tensor_slices(files)
    records = records.shuffle(len(files)).repeat()
    records = records.interleave(
        tf.data.TFRecordDataset, num_parallel_calls=tf.data.AUTOTUNE
    )
    records = tf.data.Dataset.zip(
        records.shuffle(64),
        tf.data.Dataset.random(rerandomize_each_iteration=True),
    )
    clips = records.map(_clip(job), num_parallel_calls=tf.data.AUTOTUNE)
    yield from clips.batch(job.batch).prefetch(tf.data.AUTOTUNE)


def _clip(job: input_worker.Job) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    span = (job.frames - 1) * job.stride + 1

    def clip(record: tf.Tensor, number: tf.Tensor) -> tf.Tensor:
        seed = tf.stack([number, 0])
        _, sequences = tf.io.parse_single_sequence_example(
            record, sequence_features=FRAMES
        )
        jpegs = sequences["image/encoded"]
        start = tf.random.stateless_uniform(
            (), seed, 0, tf.shape(jpegs)[0] - span + 1, tf.int32
        )
        frames = tf.map_fn(
            lambda jpeg: tf.io.decode_jpeg(jpeg, channels=3),
            jpegs[start : start + span : job.stride],
            fn_output_signature=tf.TensorSpec((None, None, 3), tf.uint8),
        )
        frames = _crop(frames, seed, job.size)
        if tf.random.stateless_uniform((), seed + 1) < 0.5:
            frames = tf.image.flip_left_right(frames)
        if job.variant == "uint8":
            return tf.cast(frames, tf.uint8)
        return frames / 255.0

    return clip


def _crop(frames: tf.Tensor, seed: tf.Tensor, size: int) -> tf.Tensor:
    begin, extent, _ = tf.image.stateless_sample_distorted_bounding_box(
        tf.shape(frames)[1:],
        BOX,
        seed + 2,
        aspect_ratio_range=(3 / 4, 4 / 3),
        area_range=(0.3, 1.0),
    )
    top, left, _ = tf.unstack(begin)
    height, width, _ = tf.unstack(extent)
    crop = frames[:, top : top + height, left : left + width]
    return tf.image.resize(crop, (size, size))
