"""Cuts a window of one size at a random place, the same in all frames.

The crop of fixed size of arXiv:1409.1556. Differs: the size is a share of
the frame's, so that it means the same for videos of all resolutions, unless
it is given in pixels.
"""

import dataclasses
from collections.abc import Callable

import tensorflow as tf

from pipelines.pixels import projection
from tfrecords_tools.base import settings


@dataclasses.dataclass(frozen=True)
class Config:
    """How much of the frame is shown."""

    share: float = settings.setting(
        0.875, "Of the sides; 1 keeps them whole.", minimum=0.05, maximum=1.0
    )
    pixels: int | None = settings.setting(
        None,
        "Height and width in stored pixels instead of a share; with the "
        "--clip.size nothing is scaled, as restoration wants it.",
        minimum=8,
    )
    square: bool = settings.setting(
        True,
        "Take the share of the short side for both sides, so that nothing is "
        "stretched; else of each.",
    )


OFF = Config(share=1.0)


def window(config: Config) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """Draws a window, so that the decoder may decode just that.

    Returns:
        A function (shape int32 [2], height and width in pixels; seed
        int64 [2]) -> int32 [4], top, left, height, width in pixels.
    """

    def draw(shape: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        whole = tf.cast(shape, tf.float32)
        if config.square:
            cut_from = tf.fill((2,), tf.reduce_min(whole))
        else:
            cut_from = whole
        cut = tf.maximum(tf.round(cut_from * config.share), 1.0)
        if config.pixels is not None:  # Less only where there is less.
            least = tf.minimum(float(config.pixels), tf.reduce_min(whole))
            cut = tf.fill((2,), least)
        spare = whole - cut
        place = tf.random.stateless_uniform((2,), seed)
        corner = tf.minimum(tf.floor(place * (spare + 1.0)), spare)
        return tf.cast(tf.concat([corner, cut], axis=0), tf.int32)

    return draw


def build(config: Config) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """The crop on decoded frames, scaled back to the shape that came in.

    Returns:
        A function (uint8 [T, H, W, 3], seed int64 [2]) -> uint8 [T, H, W, 3].
    """
    return projection.cropping(window(config))
