"""Approximate search in large indexes, by a graph of neighbours (HNSW).

The graph is a file of the index, `neighbours.usearch`, built once. Its
candidates are compared exactly, so similarities are those of `nearest_rows`;
only rows that the graph does not reach can be missing.

Source: Malkov and Yashunin, arXiv:1603.09320, by the package usearch.
"""

import pathlib

import numpy as np

from launch.embedding import index_files, nearest_rows
from tfrecords_tools.base import atomic_write, progress

try:
    from usearch import index as usearch
except ImportError:  # The extra [search] is not installed.
    usearch = None

NAME = "neighbours.usearch"
ROWS = 1_000_000
"""Rows above which the exact search takes longer than a tenth of a second."""
_ADDED = 50_000  # Rows at a time, for the progress.
_CANDIDATES = 256  # Per query.


def is_available() -> bool:
    """Whether the package usearch is installed."""
    return usearch is not None


def candidates(index: index_files.Index, queries: np.ndarray) -> np.ndarray:
    """Rows that may be the most similar ones.

    Args:
        index: to search; its graph is built if it is missing.
        queries: float32 [Q, D].

    Returns:
        Row numbers, sorted, each once.

    Raises:
        UserError: the graph cannot be written.
    """
    path = index.folder / NAME
    if not path.exists():
        _build(index, path)
    graph = usearch.Index.restore(str(path), view=True)
    count = min(_CANDIDATES, index.metadata.rows)
    found = graph.search(queries.astype(np.float16), count)
    return np.unique(np.asarray(found.keys).astype(np.int64))


def similarities(
    index: index_files.Index, queries: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Candidates with their exact similarities.

    Returns:
        Row numbers, and for each what `nearest_rows.similarities` returns.
    """
    rows = candidates(index, queries)
    best, which = nearest_rows.similarities(index.embeddings[rows], queries)
    return rows, best, which


def _build(index: index_files.Index, path: pathlib.Path) -> None:
    rows, size = index.embeddings.shape
    graph = usearch.Index(ndim=size, metric="ip", dtype="f16")
    with progress.bar("rows in the graph of neighbours", rows) as update:
        for first in range(0, rows, _ADDED):
            block = np.ascontiguousarray(
                index.embeddings[first : first + _ADDED]
            )
            graph.add(np.arange(first, first + len(block)), block)
            update(first + len(block))
    with atomic_write.renamed(path) as temporary:
        graph.save(str(temporary))
