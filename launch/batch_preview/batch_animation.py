"""Animates a batch: all clips in one grid, each under its title."""

import math
from collections.abc import Sequence

import numpy as np

from launch.batch_preview import batch_images
from launch.reporting import drawing

_MIN_WIDTH = 150  # Room for a title.


def grid(
    rows: Sequence[dict[str, np.ndarray]], titles: Sequence[str]
) -> list[np.ndarray]:
    """Draws one image per frame of the clips.

    Args:
        rows: per clip the entries of the batch, without the batch axis.
        titles: one line per clip.

    Returns:
        T images, uint8 [H, W, 3], of equal size.
    """
    shown = [_shown(row) for row in rows]
    heads = [
        drawing.paragraph(title, pixels.shape[2])
        for title, pixels in zip(titles, shown, strict=True)
    ]
    highest = max(map(len, heads))
    cells = [
        _under(head, highest, pixels)
        for head, pixels in zip(heads, shown, strict=True)
    ]
    columns = math.ceil(math.sqrt(len(cells)))
    blank = np.full_like(cells[0], 255)
    cells += [blank] * (-len(cells) % columns)
    lines = [
        np.concatenate(cells[first : first + columns], axis=2)
        for first in range(0, len(cells), columns)
    ]
    return list(np.concatenate(lines, axis=1))


def _shown(row: dict[str, np.ndarray]) -> np.ndarray:
    """uint8 [T, h, w, 3]: the frames, with other and low frames beside."""
    side = batch_images.side_of(row["frames"])
    parts = [batch_images.with_patches(row)]
    parts += [row[n] for n in ("other_frames", "low_frames") if n in row]
    frames = len(parts[0])
    # Low frames may be fewer: each is repeated for its duration.
    parts = [part[np.arange(frames) * len(part) // frames] for part in parts]
    pixels = np.concatenate([drawing.sized(p, side) for p in parts], axis=2)
    margin = max(0, _MIN_WIDTH - pixels.shape[2]) + 4
    pads = ((0, 0), (0, 4), (0, margin), (0, 0))
    return np.pad(pixels, pads, constant_values=255)


def _under(head: np.ndarray, height: int, pixels: np.ndarray) -> np.ndarray:
    """uint8 [T, height + h, w, 3]: the frames under their title."""
    pads = ((0, height - len(head)), (0, 0), (0, 0))
    title = np.pad(head, pads, constant_values=255)[None]
    return np.concatenate([title.repeat(len(pixels), 0), pixels], axis=1)
