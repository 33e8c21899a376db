"""Turns a clip about its centre by a random angle, alike in all frames.

The rotation of arXiv:1805.09501. Differs: the angle is drawn evenly from both
sides of 0 instead of set, and pixels are interpolated.
"""

import dataclasses
import math
from collections.abc import Callable

import tensorflow as tf

from pipelines.pixels import projection
from tfrecords_tools.base import settings


@dataclasses.dataclass(frozen=True)
class Config:
    """How far a clip is turned."""

    degrees: float = settings.setting(
        10.0, "Largest angle either way.", minimum=0.0, maximum=180.0
    )
    fill: str = settings.setting(
        "edge",
        "What is shown from outside the frame: the nearest pixel of its edge, "
        "or black.",
        choices=projection.FILLS,
    )


OFF = Config(degrees=0.0)


def build(config: Config) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """The rotation.

    Returns:
        A function (uint8 [T, H, W, 3], seed int64 [2]) -> uint8 [T, H, W, 3].
    """
    most = math.radians(config.degrees)

    def turn(clip: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        angle = tf.random.stateless_uniform((), seed, -1.0, 1.0) * most
        cosine, sine = tf.cos(angle), tf.sin(angle)
        matrix = tf.stack([cosine, -sine, 0.0, sine, cosine, 0.0])
        return projection.affine(clip, tf.reshape(matrix, (2, 3)), config.fill)

    return turn
