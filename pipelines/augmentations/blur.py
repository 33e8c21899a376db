"""Blurs a clip by a random amount, alike in all frames.

Source: SimCLR, arXiv:2002.05709, appendix A (half of the pictures, standard
deviation from 0.1 to 2 pixels). Differs: the kernel reaches three of the
largest deviations, where theirs has a tenth of the picture's side, and at the
edge only pixels inside the frame count.
"""

import dataclasses
import math
from collections.abc import Callable

import tensorflow as tf

from pipelines.pixels import smoothing
from tfrecords_tools.base import errors, settings


@dataclasses.dataclass(frozen=True)
class Config:
    """How often and how much a clip is blurred."""

    probability: float = settings.setting(
        0.5, "Share of the clips that are blurred.", minimum=0.0, maximum=1.0
    )
    least: float = settings.setting(
        0.1, "Smallest standard deviation, pixels.", minimum=0.1, maximum=50.0
    )
    most: float = settings.setting(
        2.0, "Largest standard deviation, pixels.", minimum=0.1, maximum=50.0
    )

    def __post_init__(self):
        if self.least > self.most:
            raise errors.UserError(
                f"--blur.least={self.least} is above --blur.most={self.most}: "
                "wanted the smallest deviation first"
            )


OFF = Config(probability=0.0)


def build(config: Config) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """The blur.

    Returns:
        A function (uint8 [T, H, W, 3], seed int64 [2]) -> uint8 [T, H, W, 3].
    """
    radius = math.ceil(3 * config.most)

    def change(clip: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        drawn, place = tf.unstack(tf.random.stateless_uniform((2,), seed))
        sigma = config.least + place * (config.most - config.least)
        return tf.cond(
            drawn < config.probability,
            lambda: smoothing.gaussian(clip, sigma, radius),
            lambda: clip,
        )

    return change
