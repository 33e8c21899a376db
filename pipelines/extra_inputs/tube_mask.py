"""Masks the same patches in all time steps, which hides them from neighbours.

Source: VideoMAE, arXiv:2203.12602. Differs: only in the seed.
"""

import dataclasses
from collections.abc import Callable

import tensorflow as tf

from pipelines import batch
from pipelines.pixels import patch_grid


@dataclasses.dataclass(frozen=True)
class Config(patch_grid.Config):
    """Size of a patch, and fraction of masked patches of each step."""


def build(
    config: Config, clip: batch.ClipSpec
) -> Callable[[tf.Tensor, tf.Tensor], dict[str, tf.Tensor]]:
    """Builds the mask.

    Args:
        config: masks round(ratio * patches of a step) in every step.
        clip: frames and size of a clip.

    Returns:
        A function (frames uint8 [T, H, W, 3], seed int64 [2]) ->
        `patch_mask` bool [T / tubelet, H / patch, W / patch], True where
        masked.

    Raises:
        UserError: patches do not tile the clip, or all or none are masked.
    """
    steps, rows, columns = patch_grid.build_grid(config, clip)
    hidden = patch_grid.count_hidden(config, rows * columns)

    def mask(frames: tf.Tensor, seed: tf.Tensor) -> dict[str, tf.Tensor]:
        del frames
        tubes = patch_grid.draw_hidden(hidden, rows * columns, seed)
        tubes = tf.reshape(tubes, (1, rows, columns))
        return {"patch_mask": tf.tile(tubes, (steps, 1, 1))}

    return mask
