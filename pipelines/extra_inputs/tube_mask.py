"""Hides the same patches in all time steps, so that no neighbour shows them.

Source: VideoMAE, arXiv:2203.12602. Differs: nothing but the seed.
"""

import dataclasses
from collections.abc import Callable

import tensorflow as tf

from pipelines import batch
from pipelines.pixels import patch_grid


@dataclasses.dataclass(frozen=True)
class Config(patch_grid.Config):
    """What a patch is, and how many are hidden in each time step."""


def build(
    config: Config, clip: batch.ClipSpec
) -> Callable[[tf.Tensor, tf.Tensor], dict[str, tf.Tensor]]:
    """The mask.

    Args:
        config: round(ratio * patches of a step) are hidden in every step.
        clip: what a clip is.

    Returns:
        A function (frames uint8 [T, H, W, 3], seed int64 [2]) ->
        `patch_mask` bool [T / tubelet, H / patch, W / patch], True where
        hidden.

    Raises:
        UserError: patches do not fill the clip, or all or none are hidden.
    """
    steps, rows, columns = patch_grid.grid(config, clip)
    hidden = patch_grid.hidden_of(config, rows * columns)

    def mask(frames: tf.Tensor, seed: tf.Tensor) -> dict[str, tf.Tensor]:
        del frames
        tubes = patch_grid.chosen(hidden, rows * columns, seed)
        tubes = tf.reshape(tubes, (1, rows, columns))
        return {"patch_mask": tf.tile(tubes, (steps, 1, 1))}

    return mask
