"""Writes shards in several processes; the bytes do not depend on how many.

Workers import no TensorFlow, which would cost half a gigabyte in each.
"""

import concurrent.futures as futures
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import cv2

from tfrecords_tools import manifest, shard_plan, shard_writer
from tfrecords_tools.base import errors, interrupt

Written = tuple[shard_plan.Planned, manifest.Shard, list[shard_writer.Outcome]]
_LOOK_SECONDS = 0.25


def run(
    job: shard_writer.Job,
    shards: list[shard_plan.Planned],
    workers: int,
    progress: Callable[[int], None],
) -> list[Written]:
    """Writes all shards.

    Args:
        job: what they share.
        shards: what to write.
        workers: processes; with 1 the work is done in this one.
        progress: told the number of clips done so far.

    Returns:
        The shards in their order, each with what became of its clips.

    Raises:
        UserError: the disk is full, or a worker died.
    """
    written = _alone if workers == 1 or len(shards) == 1 else _together
    return list(written(job, shards, workers, progress))


def _alone(job, shards, workers, progress) -> Iterator[Written]:
    count = 0

    def done() -> None:
        nonlocal count
        count += 1
        progress(count)

    for planned in shards:
        yield planned, *shard_writer.write(job, planned, done)


def _together(job, shards, workers, progress) -> Iterator[Written]:
    context = multiprocessing.get_context("spawn")
    count, stop = context.Value("q", 0), context.Value("b", 0)
    with futures.ProcessPoolExecutor(
        min(workers, len(shards)), context, _start_worker, (count, stop)
    ) as pool:
        try:
            with interrupt.deferred():
                tasks = [pool.submit(_write, job, each) for each in shards]
            _wait(tasks, lambda: progress(count.value))
        except futures.BrokenExecutor as error:
            raise errors.UserError(
                "a worker died, from lack of memory or in FFmpeg: try fewer "
                "--workers; with --workers=1 the last clip tried is to blame"
            ) from error
        finally:
            stop.value = 1  # Workers end after their clip.
            pool.shutdown(cancel_futures=True)
        for planned, task in zip(shards, tasks, strict=True):
            yield planned, *task.result()


def _wait(tasks: list[futures.Future], look: Callable[[], None]) -> None:
    waiting = set(tasks)
    while waiting:
        done, waiting = futures.wait(
            waiting, _LOOK_SECONDS, futures.FIRST_EXCEPTION
        )
        for task in done:
            task.result()
        look()


_shared: Any = None


def _start_worker(count: Any, stop: Any) -> None:
    global _shared
    _shared = count, stop
    cv2.setNumThreads(1)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A killed parent cannot tell its workers, and they would wait on."""
    multiprocessing.parent_process().join()
    os._exit(1)


def _write(job: shard_writer.Job, planned: shard_plan.Planned) -> tuple:
    return shard_writer.write(job, planned, _done)


def _done() -> None:
    count, stop = _shared
    if stop.value:
        raise InterruptedError("stopped")
    with count.get_lock():
        count.value += 1
