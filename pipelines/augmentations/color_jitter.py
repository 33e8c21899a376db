"""Changes brightness, contrast, saturation and hue, alike in all frames.

All four are linear in the pixel, so they are one 3x3 matrix and an offset:
one pass over the pixels instead of four. Source: the four changes of
arXiv:1805.09501 and torchvision. Differs: hue turns about the grey axis in
linear RGB instead of in HSV, and values are clipped once, at the end.
"""

import dataclasses
import math
from collections.abc import Callable

import tensorflow as tf

from pipelines import frame_decoding
from tfrecords_tools.base import settings

_LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601


@dataclasses.dataclass(frozen=True)
class Config:
    """How far each property may move; 0 leaves it alone."""

    brightness: float = settings.setting(
        0.4, "Factor drawn from 1 - b to 1 + b.", minimum=0.0, maximum=1.0
    )
    contrast: float = settings.setting(
        0.4, "Factor drawn from 1 - c to 1 + c.", minimum=0.0, maximum=1.0
    )
    saturation: float = settings.setting(
        0.4, "Factor drawn from 1 - s to 1 + s.", minimum=0.0, maximum=1.0
    )
    hue: float = settings.setting(
        0.05, "Most turn either way, in full circles.", minimum=0.0,
        maximum=0.5,
    )  # fmt: skip


def build(config: Config) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """The jitter.

    Returns:
        A function (uint8 [T, H, W, 3], seed int64 [2]) -> uint8 [T, H, W, 3].
    """
    reach = tf.constant(
        [config.brightness, config.contrast, config.saturation, config.hue]
    )

    def jitter(clip: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        drawn = tf.random.stateless_uniform((4,), seed, -1.0, 1.0) * reach
        light, contrast, color = (1.0 + drawn[i] for i in range(3))
        turn = _saturation(color) @ _hue(drawn[3])
        pixels = tf.reshape(tf.cast(clip, tf.float32), (-1, 3))
        mean = tf.reduce_mean(pixels, axis=0) * light
        grey = tf.reduce_sum(mean * _LUMA)
        changed = pixels @ (turn * (light * contrast))
        changed += grey * (1.0 - contrast)
        return frame_decoding.to_uint8(tf.reshape(changed, tf.shape(clip)))

    def keep_shape(clip: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        return tf.ensure_shape(jitter(clip, seed), clip.shape)

    return keep_shape


def _saturation(factor: tf.Tensor) -> tf.Tensor:
    """float32 [3, 3], for rows of RGB on its left; 0 gives grey."""
    grey = tf.tile(tf.constant(_LUMA)[:, None], (1, 3))
    return factor * tf.eye(3) + (1.0 - factor) * grey


def _hue(turn: tf.Tensor) -> tf.Tensor:
    """float32 [3, 3], rotation of RGB about the grey axis."""
    angle = turn * (2.0 * math.pi)
    cosine, sine = tf.cos(angle), tf.sin(angle) / math.sqrt(3.0)
    across = tf.constant([[0.0, 1, -1], [-1, 0, 1], [1, -1, 0]])
    return cosine * tf.eye(3) + (1.0 - cosine) / 3.0 + sine * across
