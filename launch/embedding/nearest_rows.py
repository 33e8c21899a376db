"""Exact search: the rows of an index that are most similar to a query.

Embeddings are read from disk block by block and multiplied in float32. A block
stays in the processor's cache, so a million rows of 256 take as long as it
takes to read their float16 values from memory.
"""

import cv2
import numpy as np

# 4096 rows of 256: 4 MB. OpenCV converts them 40 times as fast as NumPy.
_BLOCK_VALUES = 1 << 20
# For so few queries a loop in one thread is as fast as BLAS, whose threads
# wait for one another where other programs run: 50 ms instead of 400 to 3000.
_FEW = 4


def similarities(embeddings: np.ndarray, queries: np.ndarray) -> np.ndarray:
    """Cosine similarity of each row to its best query.

    Args:
        embeddings: float16 [rows, D] of length 1; may be mapped from disk.
        queries: float [Q, D] of length 1, Q at least 1.

    Returns:
        The similarities, float32 [rows], and the index of the best query of
        each row, int32 [rows].
    """
    rows, size = embeddings.shape
    queries = np.ascontiguousarray(queries, np.float32)
    block = max(1, _BLOCK_VALUES // size)
    floats = np.empty((block, size), np.float32)
    best = np.empty(rows, np.float32)
    which = np.zeros(rows, np.int32)
    for first in range(0, rows, block):
        halves = np.ascontiguousarray(embeddings[first : first + block])
        count = len(halves)
        last = first + count
        cv2.convertFp16(halves.view(np.int16), dst=floats[:count])
        products = _products(queries, floats[:count])
        products.max(0, out=best[first:last])
        if len(queries) > 1:
            which[first:last] = products.argmax(0)
    return best, which


def _products(queries: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """float32 [Q, n], the inner products."""
    if len(queries) > _FEW:
        return queries @ rows.T
    return np.stack([np.einsum("nd,d->n", rows, each) for each in queries])


def top(values: np.ndarray, owners: np.ndarray, count: int) -> list[int]:
    """The rows with the largest values, the best one of each owner.

    Args:
        values: float [rows].
        owners: [rows], such as the video of each.
        count: rows to return, at most.

    Returns:
        Row numbers, largest value first; of equals the first row.
    """
    taken = min(len(values), 8 * count)
    while True:
        cut = len(values) - taken
        candidates = np.argpartition(values, cut)[cut:] if cut else None
        if candidates is None:
            candidates = np.arange(len(values))
        # Of several equal values the partition keeps any.
        least = values[candidates].min()
        candidates = np.flatnonzero(values >= least)
        order = candidates[np.argsort(-values[candidates], kind="stable")]
        _, firsts = np.unique(owners[order], return_index=True)
        found = order[np.sort(firsts)]
        if len(found) >= count or taken == len(values):
            return found[:count].tolist()
        taken = min(len(values), 4 * taken)
