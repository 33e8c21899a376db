"""Zooms in or out about the centre of a clip, the same in all frames.

The zoom is log-uniform: double and half size are equally likely. The centre
is exact to half a pixel. Downscaling has no antialiasing.
"""

import dataclasses
import math
from collections.abc import Callable

import tensorflow as tf

from pipelines.pixels import projection
from tfrecords_tools.base import errors, settings


@dataclasses.dataclass(frozen=True)
class Config:
    """Range of the zoom, and pixels outside the frame."""

    min_zoom: float = settings.setting(
        0.8, "Smallest zoom; below 1 adds a margin.", minimum=0.1, maximum=10.0
    )
    max_zoom: float = settings.setting(
        1.25, "Largest zoom; above 1 crops.", minimum=0.1, maximum=10.0
    )
    fill: str = settings.setting(
        "edge",
        "Pixels of the margin: edge (nearest edge pixel) or black.",
        choices=projection.FILLS,
    )

    def __post_init__(self):
        if self.min_zoom > self.max_zoom:
            raise errors.UserError(
                f"--scale.min_zoom={self.min_zoom} is above --scale.max_zoom="
                f"{self.max_zoom}: wanted at most that"
            )


OFF = Config(min_zoom=1.0, max_zoom=1.0)


def build(config: Config) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """Builds the zoom.

    Returns:
        A function (uint8 [T, H, W, 3], seed int64 [2]) -> uint8 [T, H, W, 3].
    """
    limits = math.log(config.min_zoom), math.log(config.max_zoom)

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
    """int32 [2], sides times the factor, from 1 pixel to the whole side."""
    scaled = tf.round(tf.cast(whole, tf.float32) * factor)
    return tf.clip_by_value(tf.cast(scaled, tf.int32), 1, whole)
