"""Enhances large frames tile by tile, in bounded memory.

Tiles overlap by margins that are computed and dropped. All tiles have one size,
so a compiled graph gets one shape. If the receptive field is within the margin,
the joined tiles equal the result on the whole frame.
"""

import dataclasses
import itertools
import math
from typing import NamedTuple

import numpy as np

from launch.enhancement import frame_windows
from tfrecords_tools.base import errors, settings


@dataclasses.dataclass(frozen=True)
class Config:
    """How frames are split into tiles."""

    size: int = settings.setting(
        160,
        "Side of a tile in input pixels, margins included; larger frames are "
        "split into tiles. Memory grows with its square.",
        minimum=8,
    )
    margin: int = settings.setting(
        16,
        "Input pixels around a tile that are computed and dropped, which "
        "avoids seams.",
        minimum=0,
    )
    at_once: int = settings.setting(
        1, "Tiles per call; more keep a GPU busy.", minimum=1
    )

    def __post_init__(self) -> None:
        if self.size <= 2 * self.margin:
            raise errors.UserError(
                f"--tile.size={self.size} leaves nothing between two margins "
                f"of --tile.margin={self.margin}: wanted more than "
                f"{2 * self.margin}"
            )


class Span(NamedTuple):
    """One tile along one side, pixels.

    Attributes:
        start: of the tile.
        kept_start: of the part that is kept.
        kept_end: its end, exclusive.
    """

    start: int
    kept_start: int
    kept_end: int


def spans(side: int, size: int, margin: int) -> tuple[int, list[Span]]:
    """Splits a side into the fewest tiles of equal length.

    Args:
        side: pixels.
        size: longest tile; more than two margins.
        margin: pixels dropped at each end, except at the frame's edges.

    Returns:
        Pixels of a tile, and the tiles in order.
    """
    if side <= size:
        return side, [Span(0, 0, side)]
    count = math.ceil((side - 2 * margin) / (size - 2 * margin))
    step = math.ceil((side - 2 * margin) / count)
    length = step + 2 * margin
    starts = [min(place * step, side - length) for place in range(count)]
    cuts = [0, *(start + margin for start in starts[1:]), side]
    return length, [
        Span(start, *ends)
        for start, ends in zip(starts, itertools.pairwise(cuts), strict=True)
    ]


def enhanced(
    window: frame_windows.FrameWindow,
    enhancer: frame_windows.Enhancer,
    config: Config,
) -> np.ndarray:
    """Enhances one window of frames.

    Args:
        window: uint8 [T, H, W, 3] and which of the T are kept.
        enhancer: the network.
        config: how frames are split.

    Returns:
        uint8 [kept, H * factor, W * factor, 3].
    """
    frames, factor = window.frames, enhancer.factor
    _, height, width, _ = frames.shape
    size = max(height, width) if enhancer.whole else config.size
    high, rows = spans(height, size, config.margin)
    wide, columns = spans(width, size, config.margin)
    kept = len(range(*window.kept.indices(len(frames))))
    joined = np.empty((kept, height * factor, width * factor, 3), np.uint8)
    tiles = list(itertools.product(rows, columns))
    for place in range(0, len(tiles), config.at_once):
        batch = tiles[place : place + config.at_once]
        seen = [
            frames[:, y.start : y.start + high, x.start : x.start + wide]
            for y, x in batch
        ]
        if len(tiles) > config.at_once:  # Keeps one batch shape.
            seen += seen[-1:] * (config.at_once - len(batch))
        enhanced_tiles = enhancer(np.stack(seen))
        for (y, x), one in zip(batch, enhanced_tiles, strict=False):
            inner = one[window.kept, _scaled(y, factor), _scaled(x, factor)]
            outer = [
                slice(side.kept_start * factor, side.kept_end * factor)
                for side in (y, x)
            ]
            joined[:, outer[0], outer[1]] = inner
    return joined


def _scaled(side: Span, factor: int) -> slice:
    return slice(
        (side.kept_start - side.start) * factor,
        (side.kept_end - side.start) * factor,
    )
