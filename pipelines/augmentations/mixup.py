"""Blends each clip of a batch and its label with the next one.

Source: mixup, arXiv:1710.09412. Differs: each row draws its weight, theirs is
drawn once per batch, the partner is the next row of the shuffled batch, and
pixels are rounded to uint8.
"""

import dataclasses
from collections.abc import Callable

import tensorflow as tf

from pipelines.decoding import frame_decoding
from pipelines.pixels import batch_mixing
from tfrecords_tools.base import settings


@dataclasses.dataclass(frozen=True)
class Config:
    """Probability and strength of the blend."""

    alpha: float = settings.setting(
        0.2, "Of the distribution Beta(alpha, alpha) of weights; 1 is uniform, "
        "smaller values blend less.", minimum=0.1, maximum=100.0,
    )  # fmt: skip
    probability: float = settings.setting(
        1.0, "Fraction of blended rows.", minimum=0.0, maximum=1.0
    )


OFF = Config(probability=0.0)


def mix(
    config: Config,
) -> Callable[[tf.Tensor, tf.Tensor], tuple[tf.Tensor, tf.Tensor]]:
    """Builds the blend.

    Returns:
        A function (frames uint8 [B, T, H, W, 3], seeds int64 [B, 2]) ->
        (frames uint8 [B, T, H, W, 3], weights float32 [B]) with the weight of
        the label of row i; the label of row (i + 1) % B has the rest.
    """

    def row(clip: tf.Tensor, partner: tf.Tensor, seed: tf.Tensor) -> tuple:
        weight = batch_mixing.draw_weight(
            config.alpha, config.probability, seed
        )
        blended = tf.cond(
            weight < 1.0, lambda: _blend(clip, partner, weight), lambda: clip
        )
        return blended, weight

    return lambda frames, seeds: batch_mixing.each_row(row, frames, seeds)


def _blend(clip: tf.Tensor, partner: tf.Tensor, weight: tf.Tensor) -> tf.Tensor:
    other = tf.cast(partner, tf.float32)
    between = other + (tf.cast(clip, tf.float32) - other) * weight
    return frame_decoding.to_uint8(between)
