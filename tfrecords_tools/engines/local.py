"""Runs work on this machine, in threads that each drive one worker."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from tfrecords_tools.base import worker_pool


@dataclasses.dataclass(frozen=True)
class Config:
    """No settings; `--workers` sets the number of workers."""


def run(
    config: Config,
    work: worker_pool.Work,
    units: Sequence[Any],
    workers: int,
    progress: Callable[[int], None],
) -> None:
    """Does all units.

    Args:
        config: unused.
        work: what to do.
        units: in the order in which they start.
        workers: threads.
        progress: receives the number of items done so far.

    Raises:
        UserError: the disk is full.
    """
    items_done = [0] * len(units)  # Each thread has its own counter.

    def do(worker: worker_pool.Worker, place: int) -> None:
        def count() -> None:
            items_done[place] += 1

        work.do(worker, units[place], count)

    worker_pool.run(
        work.start,
        range(len(units)),
        workers,
        do,
        lambda: progress(sum(items_done)),
    )
