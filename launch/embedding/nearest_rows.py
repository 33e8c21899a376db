"""Exact search: the rows of an index that are most similar to a query.

Threads read embeddings from disk block by block, and multiply them in float32.
A block stays in the processor's cache, so that most of the time is spent on
products where there are many queries, and on reading memory where there is one.
"""

import os
from concurrent import futures

import cv2
import numpy as np

# 4096 rows of 256: 4 MB. OpenCV converts them 40 times as fast as NumPy.
_BLOCK_VALUES = 1 << 20
_QUERIES = 16  # Multiplied at a time.
_ROWS = 64  # Of a matrix, at most.
# OpenBLAS divides larger products among its own threads, which wait for one
# another where other programs run: up to 1,800 ms instead of 90.
_MATRIX_PRODUCT = 1 << 18
_VECTOR_PRODUCT = 9 << 10


def similarities(
    embeddings: np.ndarray, queries: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
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
    matrix = _rows_of_a_matrix(size, len(queries))
    block = max(1, _BLOCK_VALUES // size // matrix) * matrix
    best = np.empty(rows, np.float32)
    which = np.empty(rows, np.int32)
    blocks = iter(range(0, rows, block))

    def work() -> None:
        floats = np.zeros((block // matrix, matrix, size), np.float32)
        for first in blocks:  # The threads share them.
            halves = np.ascontiguousarray(embeddings[first : first + block])
            count, last = len(halves), first + len(halves)
            flat = floats.reshape(block, size)[:count]
            cv2.convertFp16(halves.view(np.int16), dst=flat)
            products, places = _best(floats[: -(-count // matrix)], queries)
            best[first:last] = products.reshape(-1)[:count]
            which[first:last] = places.reshape(-1)[:count]

    threads = min(len(os.sched_getaffinity(0)), -(-rows // block))
    with futures.ThreadPoolExecutor(max(1, threads)) as pool:
        for done in [pool.submit(work) for _ in range(threads)]:
            done.result()
    return best, which


def _rows_of_a_matrix(size: int, queries: int) -> int:
    """Rows that OpenBLAS multiplies in the thread that calls it."""
    most = _VECTOR_PRODUCT // size
    if queries > 1:
        most = _MATRIX_PRODUCT // (size * min(queries, _QUERIES))
    return min(max(1, most), _ROWS)


def _best(
    matrices: np.ndarray, queries: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """[M, n] each: best product of each row of [M, n, D], and its query."""
    best, which = None, None
    for first in range(0, len(queries), _QUERIES):
        few = queries[first : first + _QUERIES]
        products = np.matmul(few, matrices.transpose(0, 2, 1))
        values, places = products.max(1), products.argmax(1) + first
        if best is None:
            best, which = values, places
        else:
            which = np.where(values > best, places, which)
            best = np.maximum(values, best)
    return best, which


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
