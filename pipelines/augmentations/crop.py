"""Crops a window of fixed size at a random position, the same in all frames.

Source: the fixed-size crop of arXiv:1409.1556. Differs: the size is a
fraction of the frame's, independent of the resolution, unless given in
pixels.
"""

import dataclasses
from collections.abc import Callable

import tensorflow as tf

from pipelines.pixels import projection
from tfrecords_tools.base import settings


@dataclasses.dataclass(frozen=True)
class Config:
    """Size of the window."""

    fraction: float = settings.setting(
        0.875,
        "Fraction of the side; 1 keeps the whole side.",
        minimum=0.05,
        maximum=1.0,
    )
    pixels: int | None = settings.setting(
        None,
        "Height and width in stored pixels, instead of a fraction. Equal to "
        "--clip.size, frames are not scaled (for restoration).",
        minimum=8,
    )
    square: bool = settings.setting(
        True,
        "Use the fraction of the short side for both sides, which keeps the "
        "aspect ratio; else of each side.",
    )


OFF = Config(fraction=1.0)


def window(config: Config) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """Builds the function that draws the window to decode.

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
        cut = tf.maximum(tf.round(cut_from * config.fraction), 1.0)
        if config.pixels is not None:  # Smaller only in smaller frames.
            least = tf.minimum(float(config.pixels), tf.reduce_min(whole))
            cut = tf.fill((2,), least)
        spare = whole - cut
        place = tf.random.stateless_uniform((2,), seed)
        corner = tf.minimum(tf.floor(place * (spare + 1.0)), spare)
        return tf.cast(tf.concat([corner, cut], axis=0), tf.int32)

    return draw


def build(config: Config) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """Builds the crop of decoded frames, resized back to their shape.

    Returns:
        A function (uint8 [T, H, W, 3], seed int64 [2]) -> uint8 [T, H, W, 3].
    """
    return projection.cropping(window(config))
