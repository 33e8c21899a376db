"""Pastes a box of the next clip of a batch into each clip.

The box is the same in all frames. Source: CutMix, arXiv:1905.04899. Differs:
each row draws its box, theirs is drawn once per batch, and the partner is the
next row of the shuffled batch.
"""

import dataclasses
from collections.abc import Callable

import tensorflow as tf

from pipelines.pixels import batch_mixing
from tfrecords_tools.base import settings


@dataclasses.dataclass(frozen=True)
class Config:
    """Probability and size of the boxes."""

    alpha: float = settings.setting(
        1.0,
        "Of the distribution Beta(alpha, alpha) of the fraction outside the "
        "box; 1 is uniform.",
        minimum=0.1,
        maximum=100.0,
    )
    probability: float = settings.setting(
        1.0, "Fraction of rows with a box.", minimum=0.0, maximum=1.0
    )


OFF = Config(probability=0.0)


def mix(
    config: Config,
) -> Callable[[tf.Tensor, tf.Tensor], tuple[tf.Tensor, tf.Tensor]]:
    """Builds the paste.

    Returns:
        A function (frames uint8 [B, T, H, W, 3], seeds int64 [B, 2]) ->
        (frames uint8 [B, T, H, W, 3], weights float32 [B]). The weight of the
        label of row i is the fraction of its own pixels; the label of row
        (i + 1) % B has the rest.
    """

    def row(clip: tf.Tensor, partner: tf.Tensor, seed: tf.Tensor) -> tuple:
        outside = batch_mixing.draw_weight(
            config.alpha, config.probability, seed
        )
        shape = tf.shape(clip)[1:3]
        start, stop = _box(shape, outside, seed)
        area = tf.reduce_prod(stop - start) / tf.reduce_prod(shape)
        weight = 1.0 - tf.cast(area, tf.float32)
        return _paste(clip, partner, start, stop), weight

    return lambda frames, seeds: batch_mixing.each_row(row, frames, seeds)


def _box(
    shape: tf.Tensor, outside: tf.Tensor, seed: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Start and stop of rows and columns, each int32 [2].

    The centre may be anywhere; the box is clipped to the frame.
    """
    seed = tf.random.experimental.stateless_fold_in(seed, 2)
    sides = tf.cast(shape, tf.float32)
    centre = tf.floor(tf.random.stateless_uniform((2,), seed) * sides)
    size = tf.floor(sides * tf.sqrt(1.0 - outside))
    start = tf.cast(centre - tf.floor(size / 2.0), tf.int32)
    stop = start + tf.cast(size, tf.int32)
    return tf.clip_by_value(start, 0, shape), tf.clip_by_value(stop, 0, shape)


def _paste(
    clip: tf.Tensor, partner: tf.Tensor, start: tf.Tensor, stop: tf.Tensor
) -> tf.Tensor:
    top, left = tf.unstack(start)
    bottom, right = tf.unstack(stop)
    # Slices: 0.2 ms per clip of 16x112x112, tf.where takes 4 ms.
    band = clip[:, top:bottom]
    pasted = tf.concat(
        [
            band[:, :, :left],
            partner[:, top:bottom, left:right],
            band[:, :, right:],
        ],
        axis=2,
    )
    pasted = tf.concat([clip[:, :top], pasted, clip[:, bottom:]], axis=1)
    return tf.ensure_shape(pasted, clip.shape)
