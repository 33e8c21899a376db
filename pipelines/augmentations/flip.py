"""Flips a clip horizontally, all frames or none."""

import dataclasses
from collections.abc import Callable

import tensorflow as tf

from tfrecords_tools.base import settings


@dataclasses.dataclass(frozen=True)
class Config:
    """Probability of the flip."""

    probability: float = settings.setting(
        0.5, "Fraction of flipped clips.", minimum=0.0, maximum=1.0
    )


OFF = Config(probability=0.0)


def build(config: Config) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """Builds the flip.

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
    # In three dimensions, TensorFlow reverses whole pixels, which takes a third
    # of the time.
    width = tf.shape(clip)[2]
    rows = tf.reverse(tf.reshape(clip, (-1, width, 3)), axis=[1])
    return tf.ensure_shape(tf.reshape(rows, tf.shape(clip)), clip.shape)
