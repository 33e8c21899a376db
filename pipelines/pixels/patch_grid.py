"""A clip as a grid of patches with a fixed number of masked ones.

The number is fixed so that the visible tokens have a static shape.
"""

import dataclasses
from typing import NamedTuple

import tensorflow as tf

from pipelines import batch
from tfrecords_tools.base import errors, settings


@dataclasses.dataclass(frozen=True)
class Config:
    """Size of a patch, and fraction of masked patches."""

    ratio: float = settings.setting(
        0.9, "Fraction of masked patches.", minimum=0.0, maximum=1.0
    )
    patch: int = settings.setting(
        16, "Height and width of a patch, pixels.", minimum=1
    )
    tubelet: int = settings.setting(2, "Frames per patch.", minimum=1)


class Grid(NamedTuple):
    """Number of patches along time, height and width."""

    steps: int
    rows: int
    columns: int


def build_grid(config: Config, clip: batch.ClipSpec) -> Grid:
    """Builds the grid of a clip.

    Raises:
        UserError: patches do not tile the clip.
    """
    if clip.size % config.patch:
        raise errors.UserError(
            f"patches of {config.patch} pixels do not fill a clip of size "
            f"{clip.size}: wanted a --clip.size that is a multiple of it"
        )
    if clip.frames % config.tubelet:
        raise errors.UserError(
            f"patches of {config.tubelet} frames do not fill a clip of "
            f"{clip.frames}: wanted --clip.frames that are a multiple of it"
        )
    side = clip.size // config.patch
    return Grid(clip.frames // config.tubelet, side, side)


def count_hidden(config: Config, patches: int) -> int:
    """Number of masked patches out of `patches`.

    Raises:
        UserError: the ratio masks all patches, or none.
    """
    hidden = round(config.ratio * patches)
    if not 0 < hidden < patches:
        raise errors.UserError(
            f"a ratio of {config.ratio} masks {hidden} of {patches} patches: "
            "wanted at least one masked and one visible patch; change the "
            "ratio, or use smaller patches"
        )
    return hidden


def draw_hidden(hidden: int, patches: int, seed: tf.Tensor) -> tf.Tensor:
    """Draws the masked patches; all sets of that size are equally likely.

    Args:
        hidden: number of masked patches.
        patches: number of patches.
        seed: int64 [2].

    Returns:
        bool [patches], True where masked.
    """
    order = tf.argsort(tf.random.stateless_uniform((patches,), seed))
    # Ranks instead of a threshold: equal draws would mask too many.
    return tf.argsort(order) < hidden
