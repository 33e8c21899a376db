"""Mirrors a clip left to right: all of its frames or none."""

import dataclasses
from collections.abc import Callable

import tensorflow as tf

from tfrecords_tools.base import settings


@dataclasses.dataclass(frozen=True)
class Config:
    """How often a clip is mirrored."""

    probability: float = settings.setting(
        0.5, "Share of the clips that are mirrored.", minimum=0.0, maximum=1.0
    )


OFF = Config(probability=0.0)


def build(config: Config) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """The mirror.

    Returns:
        A function (uint8 [T, H, W, 3], seed int64 [2]) -> uint8 [T, H, W, 3].
    """

    def mirror(clip: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        drawn = tf.random.stateless_uniform((), seed)
        return tf.cond(
            drawn < config.probability,
            lambda: _mirrored(clip),
            lambda: clip,
        )

    return mirror


def _mirrored(clip: tf.Tensor) -> tf.Tensor:
    # Of three dimensions, TensorFlow turns round whole pixels: a third of
    # the time.
    width = tf.shape(clip)[2]
    rows = tf.reverse(tf.reshape(clip, (-1, width, 3)), axis=[1])
    return tf.ensure_shape(tf.reshape(rows, tf.shape(clip)), clip.shape)
