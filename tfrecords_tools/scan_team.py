"""Scans the shards of a data set with several processes.

Shards are independent, so each process takes the next one; what was found
does not depend on how many there are.
"""

import concurrent.futures as futures
import pathlib
import queue
from collections.abc import Callable, Iterator

import numpy as np

from tfrecords_tools import census, manifest, shard_scan
from tfrecords_tools.base import isolated

First = tuple[pathlib.Path, manifest.Manifest, int]
Every = list[tuple[str, manifest.Shard]]
_LOOK_SECONDS = 0.2
_SMALL = 500_000_000  # Bytes that are read before a process has started.


def scan_all(
    first: First,
    every: Every,
    workers: int,
    progress: Callable[[int], None],
) -> Iterator[shard_scan.Scanned]:
    """Gives what was found in each shard, in their order.

    Args:
        first: what `shard_scan.scan` is told of all shards.
        every: what it is told of each: split and shard.
        workers: processes; with 1, or little to read, this one does it.
        progress: told how many bytes are done.
    """
    if workers == 1 or sum(shard.size for _, shard in every) < _SMALL:
        yield from _alone(first, every, progress)
        return
    team = _Team(first, every)
    with futures.ThreadPoolExecutor(min(workers, len(every))) as pool:
        try:
            tasks = {pool.submit(team.work) for _ in range(workers)}
            while tasks:
                ended, tasks = futures.wait(tasks, _LOOK_SECONDS)
                for task in ended:
                    task.result()
                progress(sum(team.bytes_done))
        finally:
            team.stop()
    yield from team.scanned


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


class _Team:
    """Threads, each with a process that reads shards for it."""

    def __init__(self, first: First, every: Every) -> None:
        self.bytes_done = [0] * len(every)
        self.scanned: list[shard_scan.Scanned | None] = [None] * len(every)
        self._first, self._every = first, every
        self._left: queue.SimpleQueue = queue.SimpleQueue()
        for place in range(len(every)):
            self._left.put(place)
        self._readers: list[isolated.Process] = []
        self._stopped = False

    def work(self) -> None:
        """Reads shards till none is left."""
        limits = isolated.Config()
        with isolated.Process(limits, shard_scan.scan, *self._first) as reader:
            self._readers.append(reader)
            while not self._stopped:
                try:
                    place = self._left.get_nowait()
                except queue.Empty:
                    return
                self.scanned[place] = self._scanned(reader, place)

    def stop(self) -> None:
        """Ends every thread."""
        self._stopped = True
        for reader in self._readers:
            reader.interrupt()

    def _scanned(
        self, reader: isolated.Process, place: int
    ) -> shard_scan.Scanned:
        split, shard = self._every[place]
        try:
            for item in reader.run(split, shard):
                if isinstance(item, shard_scan.Scanned):
                    return item
                self.bytes_done[place] += item
        except isolated.Died as error:
            reason = error.reason
        else:
            reason = "the reader stopped"
        empty = np.zeros(0, np.int64)
        line = f"{shard.name}: cannot be read: {reason}"
        return shard_scan.Scanned((line,), empty, census.Census())
