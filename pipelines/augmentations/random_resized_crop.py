"""Cuts a random window of random area and aspect, the same in all frames.

Source: Inception, arXiv:1409.4842. Differs: one draw without rejection, the
window is shrunk to fit where the drawn one leaves the frame.
"""

import dataclasses
from collections.abc import Callable

import tensorflow as tf

from pipelines.pixels import projection, random_window
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


OFF = Config(least_area=1.0, aspect=1.0)


def window(config: Config) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """Draws a window, so that the decoder may decode just that.

    Returns:
        A function (shape int32 [2], height and width in pixels; seed
        int64 [2]) -> int32 [4], top, left, height, width in pixels.
    """

    def draw(shape: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        areas = config.least_area, config.most_area
        return random_window.draw(shape, seed, areas, config.aspect)

    return draw


def build(config: Config) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """The crop on decoded frames, scaled back to the shape that came in.

    Returns:
        A function (uint8 [T, H, W, 3], seed int64 [2]) -> uint8 [T, H, W, 3].
    """
    return projection.cropping(window(config))
