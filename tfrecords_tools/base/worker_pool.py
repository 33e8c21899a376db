"""Processes a list with several workers in parallel, such as processes.

Each thread drives one worker. A failure or Ctrl-C ends all of them.
"""

import concurrent.futures as futures
import queue
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

_LOOK_SECONDS = 0.2


class Worker(Protocol):
    """What does one unit at a time, such as a decoding process."""

    def __enter__(self) -> "Worker":
        """Starts it."""

    def __exit__(self, *failure: object) -> None:
        """Ends it."""

    def close(self) -> None:
        """Ends it, outside of a `with` statement."""

    def interrupt(self) -> None:
        """Ends the current unit and refuses others; thread-safe."""

    def check_interrupted(self) -> None:
        """Raises InterruptedError after `interrupt`."""


class Work(Protocol):
    """Work of many units, which any number of workers may do in any order.

    It is pickled for workers on other machines. The result of a unit is a
    file that appears once complete.
    """

    def start(self) -> Worker:
        """Creates a worker."""

    def do(
        self, worker: Any, unit: Any, count: Callable[[], None] = lambda: None
    ) -> None:
        """Does one unit; calls `count` after each of its items."""

    def count_done(self, units: Sequence[Any]) -> int:
        """Counts the items of finished units, by their files."""


def run(
    make: Callable[[], Worker],
    items: Iterable[Any],
    workers: int,
    work: Callable[[Worker, Any], None],
    look: Callable[[], None] = lambda: None,
) -> None:
    """Calls `work(worker, item)` for every item.

    Args:
        make: creates a worker.
        items: in the order in which they start.
        workers: threads, each with a worker.
        work: called in a thread; an exception ends the pool.
        look: called in this thread periodically, and at the end.
    """
    waiting: queue.SimpleQueue = queue.SimpleQueue()
    for item in items:
        waiting.put(item)
    workers = max(1, min(workers, waiting.qsize()))
    made = [make() for _ in range(workers)]
    with futures.ThreadPoolExecutor(workers) as pool:
        try:
            tasks = {
                pool.submit(_work_through, waiting, worker, work)
                for worker in made
            }
            while tasks:
                done, tasks = futures.wait(tasks, _LOOK_SECONDS)
                for task in done:
                    task.result()
                look()
        finally:
            for worker in made:
                worker.interrupt()


def _work_through(
    waiting: queue.SimpleQueue,
    worker: Worker,
    work: Callable[[Worker, Any], None],
) -> None:
    with worker:
        while True:
            worker.check_interrupted()
            try:
                item = waiting.get_nowait()
            except queue.Empty:
                return
            work(worker, item)
