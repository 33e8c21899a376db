"""Erases a random box, the same in all frames.

Source: Random Erasing, arXiv:1708.04896. Differs: draws once, without
rejection, and shrinks boxes that leave the frame; the aspect ratio is
log-uniform.
"""

import dataclasses
from collections.abc import Callable

import tensorflow as tf

from pipelines.pixels import random_window
from tfrecords_tools.base import settings

_MEAN_COLOR = (124, 116, 104)  # of ImageNet, as in the source


@dataclasses.dataclass(frozen=True)
class Config:
    """Probability, size and fill of the box."""

    probability: float = settings.setting(
        0.5, "Fraction of clips with a box.", minimum=0.0, maximum=1.0
    )
    min_area: float = settings.setting(
        0.02,
        "Smallest fraction of the frame's area.",
        minimum=0.001,
        maximum=1.0,
    )
    max_area: float = settings.setting(
        0.4, "Largest fraction of the frame's area.", minimum=0.001, maximum=1.0
    )
    aspect: float = settings.setting(
        10 / 3, "Largest aspect ratio, at least 1.", minimum=1.0
    )
    fill: str = settings.setting(
        "noise",
        "noise: uniform noise, the same in all frames; mean: mean colour of "
        "ImageNet; zero: black.",
        choices=("noise", "mean", "zero"),
    )


OFF = Config(probability=0.0)


def build(config: Config) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """Builds the eraser.

    Returns:
        A function (uint8 [T, H, W, 3], seed int64 [2]) -> uint8 [T, H, W, 3].
    """

    areas = config.min_area, config.max_area

    def erase(clip: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        fold = tf.random.experimental.stateless_fold_in
        drawn = tf.random.stateless_uniform((), seed)
        shape = tf.shape(clip)[1:3]
        box = random_window.draw(shape, fold(seed, 1), areas, config.aspect)
        return tf.cond(
            drawn < config.probability,
            lambda: _cover(clip, box, _color(config, box[2:], fold(seed, 2))),
            lambda: clip,
        )

    def keep_shape(clip: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        return tf.ensure_shape(erase(clip, seed), clip.shape)

    return keep_shape


def _color(config: Config, shape: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """uint8 [*shape, 3], the content of the box."""
    size = tf.concat([shape, [3]], axis=0)
    if config.fill == "noise":
        drawn = tf.random.stateless_uniform(size, seed, 0, 256, tf.int32)
        return tf.cast(drawn, tf.uint8)
    color = _MEAN_COLOR if config.fill == "mean" else (0, 0, 0)
    return tf.broadcast_to(tf.constant(color, tf.uint8), size)


def _cover(clip: tf.Tensor, box: tf.Tensor, color: tf.Tensor) -> tf.Tensor:
    """Joins slices, which is faster than selecting pixel by pixel."""
    top, left, height, width = tf.unstack(box)
    rows = clip[:, top : top + height]
    covered = tf.broadcast_to(
        color, tf.concat([tf.shape(clip)[:1], tf.shape(color)], axis=0)
    )
    rows = tf.concat(
        [rows[:, :, :left], covered, rows[:, :, left + width :]], axis=2
    )
    return tf.concat([clip[:, :top], rows, clip[:, top + height :]], axis=1)
