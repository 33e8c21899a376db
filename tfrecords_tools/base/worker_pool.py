"""Processes a list with several isolated processes in parallel.

Each thread drives one process. A failure or Ctrl-C ends all of them.
"""

import concurrent.futures as futures
import queue
from collections.abc import Callable, Iterable
from typing import Any

from tfrecords_tools.base import isolated

_LOOK_SECONDS = 0.2


def run(
    make: Callable[[], isolated.Process],
    items: Iterable[Any],
    workers: int,
    work: Callable[[isolated.Process, Any], None],
    look: Callable[[], None] = lambda: None,
) -> None:
    """Calls `work(process, item)` for every item.

    Args:
        make: creates a process.
        items: in the order in which they start.
        workers: threads, each with a process.
        work: called in a thread; an exception ends the pool.
        look: called in this thread periodically, and at the end.
    """
    waiting: queue.SimpleQueue = queue.SimpleQueue()
    for item in items:
        waiting.put(item)
    workers = max(1, min(workers, waiting.qsize()))
    processes = [make() for _ in range(workers)]
    with futures.ThreadPoolExecutor(workers) as pool:
        try:
            tasks = {
                pool.submit(_work_through, waiting, process, work)
                for process in processes
            }
            while tasks:
                done, tasks = futures.wait(tasks, _LOOK_SECONDS)
                for task in done:
                    task.result()
                look()
        finally:
            for process in processes:
                process.interrupt()


def _work_through(
    waiting: queue.SimpleQueue,
    process: isolated.Process,
    work: Callable[[isolated.Process, Any], None],
) -> None:
    with process:
        while True:
            process.check_interrupted()
            try:
                item = waiting.get_nowait()
            except queue.Empty:
                return
            work(process, item)
