"""Masks patches anywhere in space and time, with equal probability.

Source: masked autoencoders as spatiotemporal learners, arXiv:2205.09113.
Differs: only in the seed.
"""

import dataclasses
from collections.abc import Callable

import tensorflow as tf

from pipelines import batch
from pipelines.pixels import patch_grid


@dataclasses.dataclass(frozen=True)
class Config(patch_grid.Config):
    """Size of a patch, and fraction of masked patches of the clip."""


def build(
    config: Config, clip: batch.ClipSpec
) -> Callable[[tf.Tensor, tf.Tensor], dict[str, tf.Tensor]]:
    """Builds the mask.

    Args:
        config: masks round(ratio * patches of the clip).
        clip: frames and size of a clip.

    Returns:
        A function (frames uint8 [T, H, W, 3], seed int64 [2]) ->
        `patch_mask` bool [T / tubelet, H / patch, W / patch], True where
        masked.

    Raises:
        UserError: patches do not tile the clip, or all or none are masked.
    """
    shape = patch_grid.build_grid(config, clip)
    patches = shape.steps * shape.rows * shape.columns
    hidden = patch_grid.count_hidden(config, patches)

    def mask(frames: tf.Tensor, seed: tf.Tensor) -> dict[str, tf.Tensor]:
        del frames
        drawn = patch_grid.draw_hidden(hidden, patches, seed)
        return {"patch_mask": tf.reshape(drawn, shape)}

    return mask
