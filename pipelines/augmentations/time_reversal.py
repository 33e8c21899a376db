"""Plays a clip backwards, for actions without a direction of time."""

import dataclasses
from collections.abc import Callable

import tensorflow as tf

from tfrecords_tools.base import settings


@dataclasses.dataclass(frozen=True)
class Config:
    """Probability of the reversal."""

    probability: float = settings.setting(
        0.5, "Fraction of reversed clips.", minimum=0.0, maximum=1.0
    )


OFF = Config(probability=0.0)


def build(config: Config) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """Builds the reversal.

    Returns:
        A function (uint8 [T, H, W, 3], seed int64 [2]) -> uint8 [T, H, W, 3].
    """

    def reverse(clip: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        drawn = tf.random.stateless_uniform((), seed)
        return tf.cond(
            drawn < config.probability,
            lambda: tf.reverse(clip, axis=[0]),
            lambda: clip,
        )

    return reverse
