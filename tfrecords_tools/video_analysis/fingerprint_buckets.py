"""Proposes pairs of vectors with nearly the same direction.

Locality-sensitive hashing: each bit tells the side of a random plane on which
a vector lies, and two vectors at an angle differ in angle / pi of the bits.
Pairs that share all bits of some table are compared; pairs that share too few
bits of all tables are skipped.
Source: Charikar, "Similarity Estimation Techniques from Rounding
Algorithms", STOC 2002.
"""

from collections.abc import Iterator

import numpy as np

TABLES = 96
_ROWS = 8192
_PAIRS = 1 << 16  # Looked at together.
# Of a pair's bits; an angle of 56 degrees.
_MOST_DIFFERENT = 0.31


def pairs(
    vectors: np.ndarray,
    bits: int,
    weights: np.ndarray | None = None,
    tables: int = TABLES,
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yields pairs, some of them repeatedly.

    Args:
        vectors: whole numbers [n, d].
        bits: of a key; more give fewer pairs. At most 31.
        weights: whole numbers [d] that the columns are multiplied by.
        tables: more find more.

    Yields:
        Indices of the first and second vectors, the first smaller.
    """
    if len(vectors) < 2:
        return
    weights = np.ones(vectors.shape[1]) if weights is None else weights
    keys, sketches = _hashed(vectors, weights, bits, tables)
    for table in range(tables):
        order = np.argsort(keys[table], kind="stable")
        for first, second in _neighbours(keys[table][order], order):
            for start in range(0, len(first), _PAIRS):
                some = slice(start, start + _PAIRS)
                one, other = first[some], second[some]
                apart = _count_bits(sketches[one] ^ sketches[other])
                near = apart <= _MOST_DIFFERENT * bits * tables
                if near.any():
                    yield one[near], other[near]


def _hashed(
    vectors: np.ndarray, weights: np.ndarray, bits: int, tables: int
) -> tuple[np.ndarray, np.ndarray]:
    """int32 [tables, n] keys, and all bits packed, uint8 [n, bytes]."""
    # This stream of random numbers is the same in every version of NumPy.
    random = np.random.RandomState(0)
    planes = random.randint(0, 2, (vectors.shape[1], tables * bits)) * 2 - 1
    planes = (weights[:, None] * planes).astype(np.float32)
    powers = 1 << np.arange(bits, dtype=np.int32)
    keys = np.empty((tables, len(vectors)), np.int32)
    sketches = []
    for start in range(0, len(vectors), _ROWS):
        rows = vectors[start : start + _ROWS].astype(np.float32)
        above = rows @ planes > 0  # Whole numbers: exact.
        sketches.append(np.packbits(above, axis=1))
        parts = above.reshape(len(rows), tables, bits)
        keys[:, start : start + _ROWS] = (parts @ powers).T
    return keys, np.concatenate(sketches)


def _neighbours(
    keys: np.ndarray, order: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """All pairs with equal keys, by their distance in the sorted keys."""
    places = np.arange(len(keys) - 1)
    distance = 1
    while len(places):
        places = places[places + distance < len(keys)]
        places = places[keys[places] == keys[places + distance]]
        # A stable sort keeps the smaller place first.
        yield order[places], order[places + distance]
        distance += 1


_BITS_OF_BYTE = np.unpackbits(
    np.arange(256, dtype=np.uint8)[:, None], axis=1
).sum(axis=1, dtype=np.int32)


def _count_bits(values: np.ndarray) -> np.ndarray:
    return _BITS_OF_BYTE[values].sum(axis=1)
