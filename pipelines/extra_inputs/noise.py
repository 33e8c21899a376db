"""Adds the noise vectors of a generator.

Drawn in the graph from the seed of the clip, so that noise is the same on any
number of devices, and after a resume.
"""

import dataclasses
from collections.abc import Callable

import tensorflow as tf

from pipelines import batch
from tfrecords_tools.base import settings

_AUGMENT_SEEDS = 8
"""Random numbers per clip for augmentations within the training step."""


@dataclasses.dataclass(frozen=True)
class Config:
    """Length of the noise."""

    length: int = settings.setting(
        64,
        "Length of the noise vectors of the clip and of each frame.",
        minimum=1,
    )


def build(
    config: Config, clip: batch.ClipSpec
) -> Callable[[tf.Tensor, tf.Tensor], dict[str, tf.Tensor]]:
    """Builds the draw.

    Args:
        config: length of the noise.
        clip: has the number of frames.

    Returns:
        A function (frames uint8 [T, H, W, 3], seed int64 [2]) -> `noise`
        float32 [1 + T, length], standard normal, first that of the clip, then
        that of each frame; `other_noise`, a second draw, for the diversity
        measure of evaluation; `augment_seeds` float32 [2, _AUGMENT_SEEDS],
        uniform in [0, 1), for a real and a generated clip.
    """
    fold = tf.random.experimental.stateless_fold_in
    shape = (1 + clip.frames, config.length)

    def draw(frames: tf.Tensor, seed: tf.Tensor) -> dict[str, tf.Tensor]:
        del frames
        return {
            "noise": tf.random.stateless_normal(shape, fold(seed, 0)),
            "other_noise": tf.random.stateless_normal(shape, fold(seed, 2)),
            "augment_seeds": tf.random.stateless_uniform(
                (2, _AUGMENT_SEEDS), fold(seed, 1)
            ),
        }

    return draw
