"""Checks that the rows of one index describe whole clips."""

from collections.abc import Iterator

import numpy as np

from tfrecords_tools import manifest

_CLIP, _OFFSET, _LENGTH, _CRC, _FIRST, _FRAMES, _START, _END = range(8)


def faults(rows: np.ndarray, stated: manifest.Shard) -> Iterator[str]:
    """Compares the rows with each other and with the manifest.

    Args:
        rows: int64 [chunks, 8], as `shard_index.COLUMNS` says.
        stated: the shard in the manifest.

    Yields:
        Suffixes for the name of the shard.
    """
    clips = rows[:, _CLIP]
    same = clips[1:] == clips[:-1]
    expected = np.where(same, rows[:-1, _FIRST] + rows[:-1, _FRAMES], 0)
    for place in np.flatnonzero(rows[1:, _FIRST] != expected) + 1:
        yield f"{_where(rows[place])}: a chunk before it is missing"
    if len(rows) and rows[0, _FIRST]:
        yield f"{_where(rows[0])}: its first chunk is missing"
    empty = (rows[:, _FIRST] == 0) & (rows[:, _FRAMES] == 0)
    for place in np.flatnonzero(empty):
        yield f"{_where(rows[place])}: its first chunk has no frame"
    later = rows[1:, _START] > rows[:-1, _START]
    for place in np.flatnonzero(same & ~later) + 1:
        yield f"{_where(rows[place])}: begins before the chunk before it"
    if np.any(clips[1:] < clips[:-1]):
        yield ": clips are out of order"
    counts = len(np.unique(clips)), len(rows), int(rows[:, _FRAMES].sum())
    said = stated.clips, stated.chunks, stated.frames
    if counts != said:
        yield (
            ": clips, chunks and frames are {}, {} and {}, ".format(*counts)
            + "the manifest says {}, {} and {}".format(*said)
        )


def _where(row: np.ndarray) -> str:
    return f", offset {row[_OFFSET]}, clip {row[_CLIP]}"
