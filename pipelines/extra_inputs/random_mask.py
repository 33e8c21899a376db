"""Hides patches anywhere in space and time, alike likely.

Source: masked autoencoders as spatiotemporal learners, arXiv:2205.09113.
Differs: nothing but the seed.
"""

import dataclasses
from collections.abc import Callable

import tensorflow as tf

from pipelines import batch
from pipelines.pixels import patch_grid


@dataclasses.dataclass(frozen=True)
class Config(patch_grid.Config):
    """What a patch is, and how many are hidden in the whole clip."""


def build(
    config: Config, clip: batch.ClipSpec
) -> Callable[[tf.Tensor, tf.Tensor], dict[str, tf.Tensor]]:
    """The mask.

    Args:
        config: round(ratio * patches of the clip) are hidden.
        clip: what a clip is.

    Returns:
        A function (frames uint8 [T, H, W, 3], seed int64 [2]) ->
        `patch_mask` bool [T / tubelet, H / patch, W / patch], True where
        hidden.

    Raises:
        UserError: patches do not fill the clip, or all or none are hidden.
    """
    shape = patch_grid.grid(config, clip)
    patches = shape.steps * shape.rows * shape.columns
    hidden = patch_grid.hidden_of(config, patches)

    def mask(frames: tf.Tensor, seed: tf.Tensor) -> dict[str, tf.Tensor]:
        del frames
        drawn = patch_grid.chosen(hidden, patches, seed)
        return {"patch_mask": tf.reshape(drawn, shape)}

    return mask
