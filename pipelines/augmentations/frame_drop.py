"""Drops random frames and repeats the previous one, as in a bad connection.

The first frame is never dropped.
"""

import dataclasses
from collections.abc import Callable

import tensorflow as tf

from tfrecords_tools.base import settings


@dataclasses.dataclass(frozen=True)
class Config:
    """Probability of dropped frames."""

    probability: float = settings.setting(
        0.1, "Fraction of dropped frames.", minimum=0.0, maximum=1.0
    )


OFF = Config(probability=0.0)


def build(config: Config) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """Builds the loss of frames.

    Returns:
        A function (uint8 [T, H, W, 3], seed int64 [2]) -> uint8 [T, H, W, 3].
    """

    def drop(clip: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        places = tf.range(tf.shape(clip)[0])
        drawn = tf.random.stateless_uniform(tf.shape(places), seed)
        arrived = tf.where(drawn >= config.probability, places, 0)
        # The last frame kept so far: a running maximum.
        until = tf.where(places[:, None] >= places, arrived, 0)
        shown = tf.gather(clip, tf.reduce_max(until, axis=1))
        return tf.ensure_shape(shown, clip.shape)

    return drop
