"""Pastes a box of the next clip of a batch into every one of it.

The box is the same in all frames. Source: CutMix, arXiv:1905.04899. Differs:
the box is drawn for every row where theirs holds for the batch, and the
partner is the next row of what is shuffled already.
"""

import dataclasses
from collections.abc import Callable

import tensorflow as tf

from pipelines.pixels import batch_mixing
from tfrecords_tools.base import settings


@dataclasses.dataclass(frozen=True)
class Config:
    """How large the boxes are."""

    alpha: float = settings.setting(
        1.0, "Of Beta(alpha, alpha), which the share outside the box is drawn "
        "from; 1 is even.", minimum=0.1, maximum=100.0,
    )  # fmt: skip
    probability: float = settings.setting(
        1.0, "Share of the rows with a box.", minimum=0.0, maximum=1.0
    )


OFF = Config(probability=0.0)


def mix(
    config: Config,
) -> Callable[[tf.Tensor, tf.Tensor], tuple[tf.Tensor, tf.Tensor]]:
    """The paste.

    Returns:
        A function (frames uint8 [B, T, H, W, 3], seeds int64 [B, 2]) ->
        (frames uint8 [B, T, H, W, 3], own float32 [B]). The label of row i is
        `own` of its own, the share of pixels that are its own, and the rest
        of row (i + 1) % B.
    """

    def row(clip: tf.Tensor, partner: tf.Tensor, seed: tf.Tensor) -> tuple:
        outside = batch_mixing.draw_share(
            config.alpha, config.probability, seed
        )
        shape = tf.shape(clip)[1:3]
        start, stop = _box(shape, outside, seed)
        area = tf.reduce_prod(stop - start) / tf.reduce_prod(shape)
        own = 1.0 - tf.cast(area, tf.float32)
        return _paste(clip, partner, start, stop), own

    return lambda frames, seeds: batch_mixing.each_row(row, frames, seeds)


def _box(
    shape: tf.Tensor, outside: tf.Tensor, seed: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Each int32 [2]: where rows and columns start, and where they stop.

    The centre may be anywhere; what reaches out of the frame is cut off.
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
    # Cut and joined: tf.where takes 4 ms a clip of 16x112x112, this 0.2.
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
