"""Scans the shards of a data set with several processes.

Shards are independent, so each process takes the next one; results do not
depend on the number of processes.
"""

import pathlib
from collections.abc import Callable, Iterator

import numpy as np

from tfrecords_tools import manifest
from tfrecords_tools.base import isolated, worker_pool
from tfrecords_tools.checking import census, shard_scan

First = tuple[pathlib.Path, manifest.Manifest, int]
Every = list[tuple[str, manifest.Shard]]
_SMALL = 500_000_000  # Bytes that are read before a process has started.


def scan_all(
    first: First,
    every: Every,
    workers: int,
    progress: Callable[[int], None],
) -> Iterator[shard_scan.Scanned]:
    """Returns the results of all shards, in order.

    Args:
        first: arguments of `shard_scan.scan` shared by all shards.
        every: further arguments per shard: split and shard.
        workers: processes; 1, or little data, runs in this process.
        progress: receives the number of bytes done.
    """
    if workers == 1 or sum(shard.size for _, shard in every) < _SMALL:
        yield from _alone(first, every, progress)
        return
    bytes_done = [0] * len(every)
    scanned: list[shard_scan.Scanned | None] = [None] * len(every)

    def work(reader: isolated.Process, place: int) -> None:
        def count(size: int) -> None:
            bytes_done[place] += size

        scanned[place] = _scanned(reader, every[place], count)

    worker_pool.run(
        lambda: isolated.Process(isolated.Config(), shard_scan.scan, *first),
        range(len(every)),
        workers,
        work,
        lambda: progress(sum(bytes_done)),
    )
    yield from scanned


def _alone(
    first: First, every: Every, progress: Callable[[int], None]
) -> Iterator[shard_scan.Scanned]:
    done = 0
    for each in every:
        for item in shard_scan.scan(*first, *each):
            if isinstance(item, shard_scan.Scanned):
                yield item
            else:
                done += item
                progress(done)


def _scanned(
    reader: isolated.Process,
    each: tuple[str, manifest.Shard],
    count: Callable[[int], None],
) -> shard_scan.Scanned:
    reason, scanned = "the reader stopped", None
    try:
        for item in reader.run(*each):  # Read to the end, or the process ends.
            if isinstance(item, shard_scan.Scanned):
                scanned = item
            else:
                count(item)
    except isolated.Died as error:
        reason = error.reason
    if scanned is not None:
        return scanned
    empty = np.zeros(0, np.int64)
    line = f"{each[1].name}: cannot be read: {reason}"
    return shard_scan.Scanned((line,), empty, census.Census())
