"""A clip as a grid of patches, of which a fixed number is hidden.

Fixed, so that the tokens that stay visible have a static shape.
"""

import dataclasses
from typing import NamedTuple

import tensorflow as tf

from pipelines import batch
from tfrecords_tools.base import errors, settings


@dataclasses.dataclass(frozen=True)
class Config:
    """What a patch is, and how many are hidden."""

    ratio: float = settings.setting(
        0.9, "Share of the patches that are hidden.", minimum=0.0, maximum=1.0
    )
    patch: int = settings.setting(
        16, "Height and width of a patch, pixels.", minimum=1
    )
    tubelet: int = settings.setting(
        2, "Frames that a patch goes through.", minimum=1
    )


class Grid(NamedTuple):
    """How many patches a clip has along time, height and width."""

    steps: int
    rows: int
    columns: int


def grid(config: Config, clip: batch.ClipSpec) -> Grid:
    """The grid of a clip.

    Raises:
        UserError: patches do not fill the clip.
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


def hidden_of(config: Config, patches: int) -> int:
    """How many of `patches` are hidden.

    Raises:
        UserError: all or none would be.
    """
    hidden = round(config.ratio * patches)
    if not 0 < hidden < patches:
        raise errors.UserError(
            f"a ratio of {config.ratio} hides {hidden} of {patches} patches: "
            "wanted at least one hidden and one visible; change the ratio, or "
            "take smaller patches"
        )
    return hidden


def chosen(hidden: int, patches: int, seed: tf.Tensor) -> tf.Tensor:
    """Draws which patches are hidden, each set of that many alike likely.

    Args:
        hidden: how many.
        patches: of how many.
        seed: int64 [2].

    Returns:
        bool [patches], True where hidden.
    """
    order = tf.argsort(tf.random.stateless_uniform((patches,), seed))
    # Ranks, not a limit: equal draws would hide one too many.
    return tf.argsort(order) < hidden
