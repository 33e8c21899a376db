"""Cuts a clip into patches, and makes each a token."""

import keras

from pipelines import batch
from tfrecords_tools.base import errors

ops = keras.ops


def grid(
    clip: batch.ClipSpec, patch: tuple[int, int, int]
) -> tuple[int, int, int]:
    """How many patches there are in time, height and width.

    Args:
        clip: shape of the clip.
        patch: frames, rows and columns of one.

    Raises:
        UserError: they do not fill the clip.
    """
    if clip.frames % patch[0]:
        raise errors.UserError(
            f"clip has {clip.frames} frames, but a patch spans {patch[0]}: "
            "wanted a multiple in --clip.frames"
        )
    if clip.size % patch[1]:
        raise errors.UserError(
            f"clip has {clip.size} x {clip.size} pixels, but a patch "
            f"{patch[1]} x {patch[2]}: wanted a multiple in --clip.size, or "
            "another --backbone.patch"
        )
    sides = (clip.frames, clip.size, clip.size)
    return tuple(s // p for s, p in zip(sides, patch, strict=True))


def embed(
    frames: keras.KerasTensor,
    patch: tuple[int, int, int],
    width: int,
    name: str,
) -> keras.KerasTensor:
    """One linear map for every patch.

    It equals a convolution whose stride is its kernel, and takes two thirds
    of its time on CPUs.

    Args:
        frames: [B, T, H, W, 3].
        patch: frames, rows and columns of one; they divide the clip.
        width: channels of a token.
        name: of the linear map.

    Returns:
        [B, t * h * w, width], columns before rows before frames.
    """
    _, *sides, channels = frames.shape
    t, h, w = (s // p for s, p in zip(sides, patch, strict=True))
    # No more than six axes, which is what TFLite can transpose.
    x = ops.reshape(frames, (-1, patch[0], h, patch[1], w, patch[2] * channels))
    x = ops.transpose(x, (0, 2, 4, 1, 3, 5))
    values = patch[0] * patch[1] * patch[2] * channels
    x = ops.reshape(x, (-1, t * h * w, values))
    return keras.layers.Dense(width, name=name)(x)
