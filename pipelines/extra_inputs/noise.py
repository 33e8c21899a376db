"""Adds the random numbers that a generator starts from.

Drawn in the graph, as all that is random, so that a clip has the same ones in
an epoch on any number of devices, and after a resume.
"""

import dataclasses
from collections.abc import Callable

import tensorflow as tf

from pipelines import batch
from tfrecords_tools.base import settings

_CHANCES = 8
"""How many chances each of two clips has, for changes made while training."""


@dataclasses.dataclass(frozen=True)
class Config:
    """How much is drawn."""

    length: int = settings.setting(
        64, "Numbers for the clip, and again for each of its frames.", minimum=1
    )


def build(
    config: Config, clip: batch.ClipSpec
) -> Callable[[tf.Tensor, tf.Tensor], dict[str, tf.Tensor]]:
    """The draws.

    Args:
        config: how many.
        clip: says how many frames there are.

    Returns:
        A function (frames uint8 [T, H, W, 3], seed int64 [2]) -> `noise`
        float32 [1 + T, length], standard normal, first that of the clip, then
        that of each frame; `other_noise`, drawn as well, by which evaluation
        tells how far clips lie apart; `chances` float32 [2, _CHANCES], even in
        [0, 1), for a real clip and a made one.
    """
    fold = tf.random.experimental.stateless_fold_in
    shape = (1 + clip.frames, config.length)

    def draw(frames: tf.Tensor, seed: tf.Tensor) -> dict[str, tf.Tensor]:
        del frames
        return {
            "noise": tf.random.stateless_normal(shape, fold(seed, 0)),
            "other_noise": tf.random.stateless_normal(shape, fold(seed, 2)),
            "chances": tf.random.stateless_uniform(
                (2, _CHANCES), fold(seed, 1)
            ),
        }

    return draw
