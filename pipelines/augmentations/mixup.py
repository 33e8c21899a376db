"""Blends every clip of a batch with the next one, and their labels with it.

Source: mixup, arXiv:1710.09412. Differs: the share is drawn for every row
where theirs holds for the batch, the partner is the next row of what is
shuffled already, and pixels are rounded to uint8.
"""

import dataclasses
from collections.abc import Callable

import tensorflow as tf

from pipelines.decoding import frame_decoding
from pipelines.pixels import batch_mixing
from tfrecords_tools.base import settings


@dataclasses.dataclass(frozen=True)
class Config:
    """How much clips are blended."""

    alpha: float = settings.setting(
        0.2, "Of Beta(alpha, alpha), which the share is drawn from; 1 is even, "
        "less is less blended.", minimum=0.1, maximum=100.0,
    )  # fmt: skip
    probability: float = settings.setting(
        1.0, "Share of the rows that are blended.", minimum=0.0, maximum=1.0
    )


OFF = Config(probability=0.0)


def mix(
    config: Config,
) -> Callable[[tf.Tensor, tf.Tensor], tuple[tf.Tensor, tf.Tensor]]:
    """The blend.

    Returns:
        A function (frames uint8 [B, T, H, W, 3], seeds int64 [B, 2]) ->
        (frames uint8 [B, T, H, W, 3], own float32 [B]). The label of row i is
        `own` of its own and the rest of row (i + 1) % B.
    """

    def row(clip: tf.Tensor, partner: tf.Tensor, seed: tf.Tensor) -> tuple:
        own = batch_mixing.draw_share(config.alpha, config.probability, seed)
        blended = tf.cond(
            own < 1.0, lambda: _blend(clip, partner, own), lambda: clip
        )
        return blended, own

    return lambda frames, seeds: batch_mixing.each_row(row, frames, seeds)


def _blend(clip: tf.Tensor, partner: tf.Tensor, own: tf.Tensor) -> tf.Tensor:
    other = tf.cast(partner, tf.float32)
    between = other + (tf.cast(clip, tf.float32) - other) * own
    return frame_decoding.to_uint8(between)
