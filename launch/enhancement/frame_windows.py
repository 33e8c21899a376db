"""Sends a video of any length through a network that sees a few frames.

The video is cut into pieces that overlap, so that frames near a piece's ends
are seen with their neighbours and kept from the piece where they are not near
an end. Pixels are cut in frame_tiles.
"""

import itertools
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

import numpy as np

from tfrecords_tools.base import errors


class Enhancer(Protocol):
    """A network that makes frames better, or larger.

    Attributes:
        factor: how many times larger the output is each way; 1: as large.
        frames: T, exactly so many it sees at once; 1: frames alone.
        overlap: frames at each end of a piece that are seen and not kept,
            but where the video begins or ends.
        whole: whether it has to see all of a picture, and not tiles of it.
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
    """Some frames in a row.

    Attributes:
        frames: uint8 [T, H, W, 3].
        kept: those of them that are kept.
    """

    frames: np.ndarray
    kept: slice


def check(enhancer: Enhancer) -> None:
    """Raises UserError where pieces would keep no frame."""
    if enhancer.frames <= 2 * enhancer.overlap:
        raise errors.UserError(
            f"the model sees {enhancer.frames} frames at once and keeps none, "
            f"since {enhancer.overlap} overlap at each end: export it with "
            f"more than {2 * enhancer.overlap} frames"
        )


def split(
    frames: Iterable[np.ndarray], length: int, overlap: int
) -> Iterator[FrameWindow]:
    """Cuts a video, of which no more than a piece and a frame are held.

    Args:
        frames: uint8 [H, W, 3] each, at least one.
        length: T, of a piece; the last one repeats the last frame.
        overlap: frames at each end that are not kept, but where the video
            begins or ends; `length` is more than twice as many.

    Yields:
        Pieces whose kept frames, one after the other, are the video.
    """
    source = iter(frames)
    held: list[np.ndarray] = []
    begin = 0
    while True:
        # One more tells whether the video ends here.
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
