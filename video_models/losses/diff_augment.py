"""Differentiable augmentation of clips, the same in all frames of a clip.

Applied to both real and generated clips, it keeps a discriminator from
memorising a small data set.

Source: DiffAugment, arXiv:2006.10738. Differs: one draw per clip instead of
per frame; the random numbers are an argument; shifts and cuts fill with
black instead of grey.
"""

from typing import Any

import keras

ops = keras.ops
KINDS = ("color", "shift", "cut")
_SHIFT, _CUT = 0.125, 0.5  # Shares of the sides, as in the paper.


def augment(frames: Any, augment_seeds: Any, kinds: tuple[str, ...]) -> Any:
    """Augments clips.

    Args:
        frames: float32 [B, T, H, W, 3], 0..255.
        augment_seeds: float32 [B, 8], uniform in [0, 1).
        kinds: some of `KINDS`.

    Returns:
        The augmented clips, like `frames`.
    """
    if "color" in kinds:
        frames = _color(frames, augment_seeds[:, :3])
    if "shift" in kinds:
        frames = _shift(frames, augment_seeds[:, 3:5])
    if "cut" in kinds:
        frames = _cut(frames, augment_seeds[:, 5:7])
    return frames


def _color(frames: Any, augment_seeds: Any) -> Any:
    """Shifts brightness, scales saturation and contrast."""
    light, colour, contrast = (
        augment_seeds[:, i, None, None, None, None] for i in range(3)
    )
    frames = frames + (light - 0.5) * 127.5
    grey = ops.mean(frames, axis=-1, keepdims=True)
    frames = grey + (frames - grey) * (2.0 * colour)
    middle = ops.mean(frames, axis=(1, 2, 3, 4), keepdims=True)
    return middle + (frames - middle) * (0.5 + contrast)


def _shift(frames: Any, augment_seeds: Any) -> Any:
    """Shifts by whole pixels; fills with black."""
    for axis, draw in ((2, augment_seeds[:, 0]), (3, augment_seeds[:, 1])):
        side = frames.shape[axis]
        most = round(side * _SHIFT)
        by = ops.floor(draw * (2 * most + 1)) - most
        places = ops.arange(side, dtype="float32")
        wanted = places[None, :, None] + by[:, None, None]
        moves = ops.cast(
            ops.abs(wanted - places[None, None]) < 0.5, frames.dtype
        )
        # A product with a matrix of zeros and ones compiles everywhere.
        letters = "bij,btjwc->btiwc" if axis == 2 else "bij,bthjc->bthic"
        frames = ops.einsum(letters, moves, frames)
    return frames


def _cut(frames: Any, augment_seeds: Any) -> Any:
    """Blackens a square."""
    kept: Any = 0.0
    for axis, draw in ((2, augment_seeds[:, 0]), (3, augment_seeds[:, 1])):
        side = frames.shape[axis]
        middle = ops.floor(draw * side)[:, None]
        away = ops.arange(side, dtype="float32")[None] - middle
        half = side * _CUT / 2
        inside = ops.cast((away >= -half) & (away < half), frames.dtype)
        shape = (-1, 1, side, 1, 1) if axis == 2 else (-1, 1, 1, side, 1)
        inside = ops.reshape(inside, shape)
        kept = inside if axis == 2 else kept * inside
    return frames * (1.0 - kept)
