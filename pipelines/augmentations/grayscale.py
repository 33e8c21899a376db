"""Converts a clip to greyscale, all frames or none.

Every channel becomes the luma (ITU-R BT.601). Source: SimCLR,
arXiv:2002.05709, appendix A. Differs: drawn per clip, not per image.
"""

import dataclasses
from collections.abc import Callable

import tensorflow as tf

from pipelines.decoding import frame_decoding
from pipelines.pixels import color_matrix
from tfrecords_tools.base import settings


@dataclasses.dataclass(frozen=True)
class Config:
    """Probability of the conversion."""

    probability: float = settings.setting(
        0.2, "Fraction of greyscale clips.", minimum=0.0, maximum=1.0
    )


OFF = Config(probability=0.0)


def build(config: Config) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """Builds the conversion.

    Returns:
        A function (uint8 [T, H, W, 3], seed int64 [2]) -> uint8 [T, H, W, 3].
    """

    def change(clip: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        drawn = tf.random.stateless_uniform((), seed)
        return tf.cond(
            drawn < config.probability, lambda: _grey(clip), lambda: clip
        )

    return change


def _grey(clip: tf.Tensor) -> tf.Tensor:
    weights = color_matrix.channels(saturation=0.0, hue=0.0)
    pixels = color_matrix.mix(tf.cast(clip, tf.float32), weights)
    return tf.ensure_shape(frame_decoding.to_uint8(pixels), clip.shape)
