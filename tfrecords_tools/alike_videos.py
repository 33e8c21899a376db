"""Finds the pairs of videos that look and move alike.

Up to some thousands each video is compared with those of its length, by
matrix products. More are first sorted into buckets whose keys are bits of
their fingerprints, so that the time grows with their number and not with
its square.
"""

import math
from collections.abc import Iterator

import numpy as np

from tfrecords_tools import fingerprint_buckets, video_fingerprint

ALL_PAIRS = 20_000  # Videos; 4 s on one core.
SAME_PICTURE = 0.99  # Cosine; crops and logos are below, new encodings above.
# Where the pictures are the same, motion may have suffered from the encoder.
_ALLOWANCE = 0.2
_STILL = 0.6  # Gray levels; below that, changes are those of the encoder.
_LEAST_PICTURE = 0.25
_ROWS = 1024


class Videos:
    """Fingerprints as matrices, shortest video first."""

    def __init__(
        self, prints: list[video_fingerprint.Fingerprint], distance: float
    ) -> None:
        """Takes the fingerprints and how far apart motions may be, 0 to 1."""
        lengths = np.array([each.length for each in prints])
        self.order = np.argsort(lengths, kind="stable")
        prints = [prints[place] for place in self.order]
        self.lengths = lengths[self.order]
        self.energies = np.array([each.energy for each in prints])
        self.pictures = _matrix([each.picture for each in prints])
        self.motions = _matrix([each.motion for each in prints])
        self._least = 1 - distance

    def reach(self) -> np.ndarray:
        """For each video the first one that is too long to be a copy."""
        most = np.maximum(self.lengths + 500_000, self.lengths / 0.95)
        return np.searchsorted(self.lengths, most, side="right")

    def alike(
        self,
        first: np.ndarray,
        second: np.ndarray,
        picture: np.ndarray,
        motion: np.ndarray,
    ) -> np.ndarray:
        """Judges pairs of about the same length.

        Args:
            first: int, places of videos.
            second: the same.
            picture: cosines of their mean pictures.
            motion: cosines of their changes.

        Returns:
            bool, of the same shape.
        """
        low = np.minimum(self.energies[first], self.energies[second])
        high = np.maximum(self.energies[first], self.energies[second])
        same = picture >= SAME_PICTURE
        still = same & (low < _STILL) & (high < 2 * _STILL)
        moves = (low >= _STILL / 2) & (picture >= _LEAST_PICTURE)
        least = self._least - _ALLOWANCE * same
        return still | (moves & (motion >= least))


def pairs(
    prints: list[video_fingerprint.Fingerprint],
    distance: float,
    all_pairs: int = ALL_PAIRS,
) -> list[tuple[int, int]]:
    """The pairs of fingerprints that mean one video.

    Args:
        prints: of videos that can be read.
        distance: 1 less the cosine of what changes, at most.
        all_pairs: with more videos, those in one bucket are compared.

    Returns:
        Places in `prints`, the smaller first, sorted.
    """
    if len(prints) < 2:
        return []
    videos = Videos(prints, distance)
    search = _all_pairs if len(prints) <= all_pairs else _in_buckets
    found = {
        tuple(sorted(pair))
        for first, second in search(videos)
        for pair in zip(
            videos.order[first].tolist(),
            videos.order[second].tolist(),
            strict=True,
        )
    }
    return sorted(found)


def _all_pairs(videos: Videos) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    reach = videos.reach()
    scales = _scale(videos.pictures), _scale(videos.motions)
    for start in range(0, len(reach), _ROWS):
        rows = np.arange(start, min(start + _ROWS, len(reach)))
        columns = np.arange(start, reach[rows[-1]])
        picture, motion = (
            # Whole numbers below 2**24: exact in any order of summing.
            _as_float(values[rows])
            @ _as_float(values[columns]).T
            * scale[rows, None]
            * scale[columns]
            for values, scale in zip(
                (videos.pictures, videos.motions), scales, strict=True
            )
        )
        good = videos.alike(rows[:, None], columns, picture, motion)
        good &= (columns > rows[:, None]) & (columns < reach[rows, None])
        first, second = np.nonzero(good)
        yield rows[first], columns[second]


def _in_buckets(videos: Videos) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    reach = videos.reach()
    scales = _scale(videos.pictures), _scale(videos.motions)
    # Both parts weigh the same in a key: they have 256 and 1024 numbers.
    twice = 2 * videos.pictures.astype(np.int16)
    whole = np.concatenate([twice, videos.motions], axis=1)
    bits = max(8, round(math.log2(len(reach))) - 3)
    sources = [(np.arange(len(reach)), whole)]
    quiet = np.flatnonzero(videos.energies < 2 * _STILL)
    sources.append((quiet, videos.pictures[quiet]))
    for places, vectors in sources:
        for one, other in fingerprint_buckets.pairs(vectors, bits):
            first, second = places[one], places[other]
            near = second < reach[first]
            first, second = first[near], second[near]
            cosines = [
                _dots(values, first, second) * scale[first] * scale[second]
                for values, scale in zip(
                    (videos.pictures, videos.motions), scales, strict=True
                )
            ]
            good = videos.alike(first, second, *cosines)
            yield first[good], second[good]


def _matrix(rows: list[bytes]) -> np.ndarray:
    values = np.frombuffer(b"".join(rows), np.int8)
    return values.reshape(len(rows), -1)


def _as_float(values: np.ndarray) -> np.ndarray:
    return values.astype(np.float32)


def _dots(
    values: np.ndarray, first: np.ndarray, second: np.ndarray
) -> np.ndarray:
    return np.einsum(
        "nd,nd->n", *map(_as_float, (values[first], values[second]))
    )


def _scale(values: np.ndarray) -> np.ndarray:
    """One over the length of each row; 0 for zeros, which are like nothing."""
    square = np.einsum("nd,nd->n", values, values, dtype=np.int64)
    return np.where(square > 0, 1 / np.sqrt(np.maximum(square, 1)), 0)
