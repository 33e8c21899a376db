"""Finds pairs of videos with similar appearance and motion.

Up to some thousands of videos are compared by matrix products, each with
those of similar length. Larger sets are first sorted into buckets by bits of
their fingerprints, so that not all pairs are compared.
"""

import math
from collections.abc import Iterator

import numpy as np

from tfrecords_tools.video_analysis import (
    fingerprint_buckets,
    video_fingerprint,
)

ALL_PAIRS = 10_000  # Videos; some seconds.
# Measured on copies of 136 real videos, with many clips of one scene and one
# speaker, and on 2,000 synthetic ones.
_SAME_IMAGE = 0.99  # Cosine; crops and logos are below, new encodings above.
_ALLOWANCE = 0.2  # Encoding may degrade motion, but not the image.
_BOTH = 0.76  # Sum of image and motion, above 1 - distance.
_STILL = 0.6  # Gray levels; below that, changes are those of the encoder.
_COLOR, _COLOR_PART = 2.0, 0.25  # Levels, and part of the duller colour.
_ROWS = 512
_PAIRS = 1 << 14  # Judged together.

Pairs = tuple[np.ndarray, np.ndarray]


def pairs(
    prints: list[video_fingerprint.Fingerprint],
    distance: float,
    all_pairs: int = ALL_PAIRS,
) -> list[tuple[int, int]]:
    """Returns the pairs of fingerprints of the same video.

    Args:
        prints: of readable videos.
        distance: maximum cosine distance between motions.
        all_pairs: above this number of videos, only pairs that share a
            bucket are compared.

    Returns:
        Indices into `prints`, the smaller first, sorted.
    """
    if len(prints) < 2:
        return []
    videos = _Videos(prints, distance)
    search = _all_pairs if len(prints) <= all_pairs else _in_buckets
    found: set[tuple[int, int]] = set()
    for first, second in search(videos):
        good = videos.alike(first, second)
        both = np.stack([videos.order[first[good]], videos.order[second[good]]])
        found.update(map(tuple, np.sort(both, axis=0).T.tolist()))
    return sorted(found)


class _Videos:
    """Fingerprints as matrices, shortest video first."""

    def __init__(
        self, prints: list[video_fingerprint.Fingerprint], distance: float
    ) -> None:
        lengths = np.array([each.length for each in prints])
        self.order = np.argsort(lengths, kind="stable")
        prints = [prints[place] for place in self.order]
        lengths = lengths[self.order]
        # The first that is too long to be a copy.
        most = np.maximum(lengths + 500_000, lengths / 0.95)
        self.reach = np.searchsorted(lengths, most, side="right")
        self.energies = np.array([each.energy for each in prints])
        self.whole = _matrix([each.image + each.motion for each in prints])
        count = len(prints[0].image)
        self.images, self.motions = np.split(self.whole, [count], axis=1)
        self._colors = _matrix([each.color for each in prints])
        self._least = 1 - distance

    @property
    def least_motion(self) -> float:
        """Minimum motion similarity of a moving copy."""
        return self._least - _ALLOWANCE

    def alike(self, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """Returns which pairs are copies; `second` is not before `first`."""
        some = [
            slice(start, start + _PAIRS)
            for start in range(0, len(first), _PAIRS)
        ]
        parts = [self._alike(first[each], second[each]) for each in some]
        return np.concatenate([np.zeros(0, bool), *parts])

    def _alike(self, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        low = np.minimum(self.energies[first], self.energies[second])
        high = np.maximum(self.energies[first], self.energies[second])
        image = _cosines(self.images[first], self.images[second])
        motion = _cosines(self.motions[first], self.motions[second])
        same = image >= _SAME_IMAGE
        moves = (motion >= self._least) & (
            image + motion >= self._least + _BOTH
        )
        moves |= same & (motion >= self.least_motion)
        still = same & (low < _STILL) & (high < 2 * _STILL)
        good = still | (moves & (low >= _STILL / 2))
        good &= second < self.reach[first]
        return good & self._same_color(first, second)

    def _same_color(self, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        one, other = (
            self._colors[each].reshape(len(each), -1, 2).astype(np.float32)
            for each in (first, second)
        )
        # The median cell: a logo changes few of them.
        apart, *strong = (
            np.median(np.hypot(each[..., 0], each[..., 1]), axis=1)
            for each in (one - other, one, other)
        )
        return apart <= _COLOR + _COLOR_PART * np.minimum(*strong)


def _all_pairs(videos: _Videos) -> Iterator[Pairs]:
    images, motions = _normal(videos.images), _normal(videos.motions)
    for start in range(0, len(motions), _ROWS):
        rows = slice(start, start + _ROWS)
        last = videos.reach[rows].max()
        motion = motions[rows] @ motions[start:last].T
        image = images[rows] @ images[start:last].T
        # A little less, since these are rounded.
        near = motion > videos.least_motion - 0.001
        near |= image > _SAME_IMAGE - 0.001
        first, second = np.nonzero(np.triu(near, 1))
        yield first + start, second + start


def _in_buckets(videos: _Videos) -> Iterator[Pairs]:
    # Both parts weigh the same in a key, as their numbers are of one size.
    counts = videos.images.shape[1], videos.motions.shape[1]
    weights = np.repeat([math.isqrt(counts[1] // counts[0]), 1], counts)
    bits = max(8, round(math.log2(len(videos.whole))) - 3)
    yield from fingerprint_buckets.pairs(videos.whole, bits, weights)
    still = np.flatnonzero(videos.energies < 2 * _STILL)
    images = videos.images[still]
    for first, second in fingerprint_buckets.pairs(images, bits):
        yield still[first], still[second]


def _matrix(rows: list[bytes]) -> np.ndarray:
    values = np.frombuffer(b"".join(rows), np.int8)
    return values.reshape(len(rows), -1)


def _cosines(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Cosines of rows; 0 for rows of zeros."""
    one, other = one.astype(np.float32), other.astype(np.float32)
    product, *squares = (
        # Below 2**24, so exact in any order of summing.
        np.einsum("nd,nd->n", *each).astype(np.float64)
        for each in ((one, other), (one, one), (other, other))
    )
    return product / np.sqrt(np.maximum(squares[0] * squares[1], 1))


def _normal(values: np.ndarray) -> np.ndarray:
    """float32 rows of length 1, or 0."""
    rows = values.astype(np.float32)
    lengths = np.sqrt(np.einsum("nd,nd->n", rows, rows))
    return rows / np.maximum(lengths, 1)[:, None]
