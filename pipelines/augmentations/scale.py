"""Zooms into or out of a clip about its centre, alike in all frames.

The zoom is drawn evenly on a logarithmic scale, so that twice and half the
size are as likely. The centre is kept to half a pixel, and what is made
smaller is not antialiased.
"""

import dataclasses
import math
from collections.abc import Callable

import tensorflow as tf

from pipelines.pixels import projection
from tfrecords_tools.base import errors, settings


@dataclasses.dataclass(frozen=True)
class Config:
    """How large things may become."""

    least: float = settings.setting(
        0.8, "Smallest zoom; below 1 shows a margin.", minimum=0.1, maximum=10.0
    )
    most: float = settings.setting(
        1.25, "Largest zoom; above 1 cuts off.", minimum=0.1, maximum=10.0
    )
    fill: str = settings.setting(
        "edge",
        "What the margin shows: the nearest pixel of the frame's edge, or "
        "black.",
        choices=projection.FILLS,
    )

    def __post_init__(self):
        if self.least > self.most:
            raise errors.UserError(
                f"--scale.least={self.least} is above --scale.most="
                f"{self.most}: wanted the smallest zoom first"
            )


OFF = Config(least=1.0, most=1.0)


def build(config: Config) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """The zoom.

    Returns:
        A function (uint8 [T, H, W, 3], seed int64 [2]) -> uint8 [T, H, W, 3].
    """
    limits = math.log(config.least), math.log(config.most)

    def zoom(clip: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        drawn = tf.random.stateless_uniform((), seed)
        factor = tf.exp(limits[0] + drawn * (limits[1] - limits[0]))
        whole = tf.shape(clip)[1:3]
        seen = _times(whole, 1.0 / factor)
        window = tf.concat([(whole - seen) // 2, seen], axis=0)
        shown = projection.show_window(clip, window, _times(whole, factor))
        return tf.ensure_shape(
            projection.pad(shown, whole, config.fill), clip.shape
        )

    return zoom


def _times(whole: tf.Tensor, factor: tf.Tensor) -> tf.Tensor:
    """int32 [2], sides made smaller: from 1 pixel to the whole."""
    scaled = tf.round(tf.cast(whole, tf.float32) * factor)
    return tf.clip_by_value(tf.cast(scaled, tf.int32), 1, whole)
