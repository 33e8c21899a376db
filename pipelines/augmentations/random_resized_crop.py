"""Cuts a random window of random area and aspect, the same in all frames.

Source: Inception, arXiv:1409.4842. Differs: one draw without rejection, the
window is shrunk to fit where the drawn one leaves the frame.
"""

import dataclasses
import math
from collections.abc import Callable

import tensorflow as tf

from pipelines import frame_decoding
from tfrecords_tools.base import settings


@dataclasses.dataclass(frozen=True)
class Config:
    """Which windows are drawn."""

    least_area: float = settings.setting(
        0.3, "Smallest share of the frame's area.", minimum=0.01, maximum=1.0
    )
    most_area: float = settings.setting(
        1.0, "Largest share of the frame's area.", minimum=0.01, maximum=1.0
    )
    aspect: float = settings.setting(
        4 / 3, "Most stretched aspect ratio, at least 1.", minimum=1.0
    )


def window(config: Config) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """Draws a window, so that the decoder may decode just that.

    Returns:
        A function (shape int32 [2], height and width in pixels; seed
        int64 [2]) -> int32 [4], top, left, height, width in pixels.
    """

    def draw(shape: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        share = tf.random.stateless_uniform((4,), seed)
        height, width = tf.unstack(tf.cast(shape, tf.float32))
        area = config.least_area + share[0] * (
            config.most_area - config.least_area
        )
        spread = math.log(config.aspect)
        stretch = tf.exp((share[1] - 0.5) * spread)  # square root of aspect
        side = tf.sqrt(area * height * width)
        tall = tf.clip_by_value(tf.round(side / stretch), 1.0, height)
        wide = tf.clip_by_value(tf.round(side * stretch), 1.0, width)
        top = tf.floor(share[2] * (height - tall + 1.0))
        left = tf.floor(share[3] * (width - wide + 1.0))
        top = tf.minimum(top, height - tall)
        left = tf.minimum(left, width - wide)
        return tf.cast(tf.stack([top, left, tall, wide]), tf.int32)

    return draw


def build(config: Config) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """The crop on decoded frames, scaled back to the shape that came in.

    Returns:
        A function (uint8 [T, H, W, 3], seed int64 [2]) -> uint8 [T, H, W, 3].
    """
    draw = window(config)

    def crop(clip: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        shape = tf.shape(clip)[1:3]
        top, left, tall, wide = tf.unstack(draw(shape, seed))
        cut = clip[:, top : top + tall, left : left + wide]
        resized = tf.image.resize(tf.cast(cut, tf.float32), shape)
        return tf.ensure_shape(frame_decoding.to_uint8(resized), clip.shape)

    return crop
