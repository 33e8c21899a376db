"""Writes shards with local processes."""

import dataclasses
from collections.abc import Callable

from tfrecords_tools import shard_plan
from tfrecords_tools.base import isolated, worker_pool
from tfrecords_tools.building import clip_records, shard_writer


@dataclasses.dataclass(frozen=True)
class Config:
    """No settings; `--workers` sets the number of processes."""


def run(
    config: Config,
    job: clip_records.Job,
    shards: list[shard_plan.Planned],
    workers: int,
    progress: Callable[[int], None],
) -> None:
    """Writes all shards into the job's folder.

    Args:
        config: unused.
        job: shared by all shards.
        shards: to write.
        workers: processes.
        progress: receives the number of clips done so far.

    Raises:
        UserError: the disk is full.
    """
    clips_done = [0] * len(shards)  # Each thread has its own counter.

    def write(maker: isolated.Process, place: int) -> None:
        def count() -> None:
            clips_done[place] += 1

        shard_writer.write(job, shards[place], maker, count)

    worker_pool.run(
        lambda: shard_writer.process(job),
        range(len(shards)),
        workers,
        write,
        lambda: progress(sum(clips_done)),
    )
