"""JPEGs of all clips in one file, for peers that read no TFRecords."""

import pathlib
from typing import NamedTuple

import numpy as np

_DATA, _EDGES, _SHAPE = "frames.bin", "edges.npy", "shape.npy"


class Stored(NamedTuple):
    """What was written.

    Attributes:
        data: uint8 [bytes], JPEG after JPEG; mapped.
        edges: int64 [clips, frames + 1], where in `data` they begin, and
            the end of the last.
        shape: height and width, pixels.
    """

    data: np.ndarray
    edges: np.ndarray
    shape: tuple[int, int]


def write(
    folder: pathlib.Path, clips: list[list[bytes]], shape: tuple[int, int]
) -> None:
    """Writes clips of as many JPEGs each."""
    sizes = np.array([[0, *map(len, jpegs)] for jpegs in clips], np.int64)
    starts = np.cumsum(sizes.sum(axis=1)) - sizes.sum(axis=1)
    np.save(folder / _EDGES, starts[:, None] + np.cumsum(sizes, axis=1))
    np.save(folder / _SHAPE, np.array(shape))
    with open(folder / _DATA, "wb") as stream:
        for jpegs in clips:
            stream.write(b"".join(jpegs))


def read(folder: str) -> Stored:
    """Maps what `write` wrote."""
    path = pathlib.Path(folder)
    height, width = np.load(path / _SHAPE).tolist()
    return Stored(
        np.memmap(path / _DATA, np.uint8, "r"),
        np.load(path / _EDGES),
        (height, width),
    )
