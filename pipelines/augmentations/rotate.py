"""Rotates a clip about its centre by a random angle, the same in all frames.

Source: the rotation of arXiv:1805.09501. Differs: draws the angle uniformly
from both directions, and interpolates pixels.
"""

import dataclasses
import math
from collections.abc import Callable

import tensorflow as tf

from pipelines.pixels import projection
from tfrecords_tools.base import settings


@dataclasses.dataclass(frozen=True)
class Config:
    """Angle of the rotation, and pixels outside the frame."""

    degrees: float = settings.setting(
        10.0,
        "Largest angle in either direction, degrees.",
        minimum=0.0,
        maximum=180.0,
    )
    fill: str = settings.setting(
        "edge",
        "Pixels outside the frame: edge (nearest edge pixel) or black.",
        choices=projection.FILLS,
    )


OFF = Config(degrees=0.0)


def build(config: Config) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """Builds the rotation.

    Returns:
        A function (uint8 [T, H, W, 3], seed int64 [2]) -> uint8 [T, H, W, 3].
    """
    most = math.radians(config.degrees)

    def rotate(clip: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        angle = tf.random.stateless_uniform((), seed, -1.0, 1.0) * most
        cosine, sine = tf.cos(angle), tf.sin(angle)
        matrix = tf.stack([cosine, -sine, 0.0, sine, cosine, 0.0])
        return projection.affine(clip, tf.reshape(matrix, (2, 3)), config.fill)

    return rotate
