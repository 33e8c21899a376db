"""Crops a window of random area and aspect ratio, the same in all frames.

Source: Inception, arXiv:1409.4842. Differs: draws once, without rejection,
and shrinks windows that leave the frame.
"""

import dataclasses
from collections.abc import Callable

import tensorflow as tf

from pipelines.pixels import projection, random_window
from tfrecords_tools.base import settings


@dataclasses.dataclass(frozen=True)
class Config:
    """Area and aspect ratio of the window."""

    min_area: float = settings.setting(
        0.3, "Smallest fraction of the frame's area.", minimum=0.01, maximum=1.0
    )
    max_area: float = settings.setting(
        1.0, "Largest fraction of the frame's area.", minimum=0.01, maximum=1.0
    )
    aspect: float = settings.setting(
        4 / 3, "Largest aspect ratio, at least 1.", minimum=1.0
    )


OFF = Config(min_area=1.0, aspect=1.0)


def window(config: Config) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """Builds the function that draws the window to decode.

    Returns:
        A function (shape int32 [2], height and width in pixels; seed
        int64 [2]) -> int32 [4], top, left, height, width in pixels.
    """

    def draw(shape: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        areas = config.min_area, config.max_area
        return random_window.draw(shape, seed, areas, config.aspect)

    return draw


def build(config: Config) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """Builds the crop of decoded frames, resized back to their shape.

    Returns:
        A function (uint8 [T, H, W, 3], seed int64 [2]) -> uint8 [T, H, W, 3].
    """
    return projection.cropping(window(config))
