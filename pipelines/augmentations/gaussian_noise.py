"""Adds Gaussian sensor noise, new in every frame.

One standard deviation per clip. Differs from drawing every value: samples
runs of 16 pixels from a table of 512 runs drawn for each clip, 0.8 ms per
clip of 16x112x112 instead of 8 ms.
"""

import dataclasses
from collections.abc import Callable

import tensorflow as tf

from pipelines.decoding import frame_decoding
from tfrecords_tools.base import settings

PER_FRAME = True
_RUNS, _RUN = 512, 48


@dataclasses.dataclass(frozen=True)
class Config:
    """Strength of the noise."""

    max_sigma: float = settings.setting(
        10.0,
        "Largest standard deviation, in levels of 255; drawn uniformly from 0 "
        "for each clip.",
        minimum=0.0,
        maximum=255.0,
    )
    still: bool = settings.setting(
        False, "Add the same noise to all frames of a clip."
    )


OFF = Config(max_sigma=0.0)


def build(config: Config) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """Builds the noise.

    Returns:
        A function (uint8 [T, H, W, 3], seed int64 [2]) -> uint8 [T, H, W, 3].
    """
    draw = _of_one_frame if config.still else _of_every_frame

    def change(clip: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        deviation = tf.random.stateless_uniform((), seed, 0.0, config.max_sigma)
        noise = draw(tf.shape(clip), deviation, seed)
        noisy = tf.cast(clip, tf.float32) + noise
        return tf.ensure_shape(frame_decoding.to_uint8(noisy), clip.shape)

    return change


def _of_one_frame(
    shape: tf.Tensor, deviation: tf.Tensor, seed: tf.Tensor
) -> tf.Tensor:
    """float32 [H, W, 3]."""
    seed = tf.random.experimental.stateless_fold_in(seed, 0)
    return tf.random.stateless_normal(shape[1:], seed) * deviation


def _of_every_frame(
    shape: tf.Tensor, deviation: tf.Tensor, seed: tf.Tensor
) -> tf.Tensor:
    """float32 [T, H, W, 3]."""
    fold_in = tf.random.experimental.stateless_fold_in
    table = tf.random.stateless_normal((_RUNS, _RUN), fold_in(seed, 0))
    count = tf.reduce_prod(shape)
    picks = tf.random.stateless_uniform(
        (-(-count // _RUN),), fold_in(seed, 1), 0, _RUNS, tf.int32
    )
    noise = tf.gather(table * deviation, picks)
    return tf.reshape(tf.reshape(noise, [-1])[:count], shape)
