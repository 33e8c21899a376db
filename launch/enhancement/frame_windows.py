"""Splits a video of any length into windows of a few frames.

Windows overlap, so that each frame is kept from a window in which it has
neighbours on both sides. frame_tiles splits the frames themselves.
"""

import itertools
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

import numpy as np

from tfrecords_tools.base import errors


class Enhancer(Protocol):
    """A network that enhances or enlarges frames.

    Attributes:
        factor: scale factor of height and width.
        frames: T, frames per window; 1 for separate frames.
        overlap: frames at each end of a window that are dropped, except at
            the start and end of the video.
        whole: whether the network needs whole frames instead of tiles.
    """

    factor: int
    frames: int
    overlap: int
    whole: bool

    def __call__(self, frames: np.ndarray) -> np.ndarray:
        """Enhances clips of any height and width.

        Args:
            frames: uint8 [B, T, H, W, 3].

        Returns:
            uint8 [B, T, H * factor, W * factor, 3].
        """
        ...


class FrameWindow(NamedTuple):
    """Consecutive frames.

    Attributes:
        frames: uint8 [T, H, W, 3].
        kept: the frames that are kept.
    """

    frames: np.ndarray
    kept: slice


def check(enhancer: Enhancer) -> None:
    """Raises UserError if windows would keep no frame."""
    if enhancer.frames <= 2 * enhancer.overlap:
        raise errors.UserError(
            f"the model takes {enhancer.frames} frames per window and keeps "
            f"none, since {enhancer.overlap} overlap at each end: export it "
            f"with more than {2 * enhancer.overlap} frames"
        )


def split(
    frames: Iterable[np.ndarray], length: int, overlap: int
) -> Iterator[FrameWindow]:
    """Splits a video; holds at most one window and one frame.

    Args:
        frames: uint8 [H, W, 3] each, at least one.
        length: T, of a window; the last one repeats the last frame.
        overlap: frames dropped at each end, except at the start and end of
            the video; `length` is more than twice as large.

    Yields:
        Windows whose kept frames, in order, are the video.
    """
    source = iter(frames)
    held: list[np.ndarray] = []
    begin = 0
    while True:
        # One more frame shows whether the video ends here.
        held += itertools.islice(source, length + 1 - len(held))
        if len(held) <= length:
            break
        yield FrameWindow(
            np.stack(held[:length]), slice(begin, length - overlap)
        )
        held, begin = held[length - 2 * overlap :], overlap
    if held:
        repeated = held + held[-1:] * (length - len(held))
        yield FrameWindow(np.stack(repeated), slice(begin, len(held)))
