"""Blurs a clip with a random strength, the same in all frames.

Source: SimCLR, arXiv:2002.05709, appendix A (half of the images, standard
deviation from 0.1 to 2 pixels). Differs: the radius of the kernel is three
times the largest deviation, theirs is a tenth of the image side, and kernels
are renormalised at the edges of the frame.
"""

import dataclasses
import math
from collections.abc import Callable

import tensorflow as tf

from pipelines.pixels import smoothing
from tfrecords_tools.base import errors, settings


@dataclasses.dataclass(frozen=True)
class Config:
    """Probability and strength of the blur."""

    probability: float = settings.setting(
        0.5, "Fraction of blurred clips.", minimum=0.0, maximum=1.0
    )
    min_sigma: float = settings.setting(
        0.1, "Smallest standard deviation, pixels.", minimum=0.1, maximum=50.0
    )
    max_sigma: float = settings.setting(
        2.0, "Largest standard deviation, pixels.", minimum=0.1, maximum=50.0
    )

    def __post_init__(self):
        if self.min_sigma > self.max_sigma:
            raise errors.UserError(
                f"--blur.min_sigma={self.min_sigma} is above --blur.max_sigma="
                f"{self.max_sigma}: wanted at most that"
            )


OFF = Config(probability=0.0)


def build(config: Config) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """Builds the blur.

    Returns:
        A function (uint8 [T, H, W, 3], seed int64 [2]) -> uint8 [T, H, W, 3].
    """
    radius = math.ceil(3 * config.max_sigma)

    def change(clip: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        drawn, place = tf.unstack(tf.random.stateless_uniform((2,), seed))
        sigma = config.min_sigma + place * (config.max_sigma - config.min_sigma)
        return tf.cond(
            drawn < config.probability,
            lambda: smoothing.gaussian(clip, sigma, radius),
            lambda: clip,
        )

    return change
