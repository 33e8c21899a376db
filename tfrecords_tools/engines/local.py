"""Writes shards with processes of this machine."""

import dataclasses
import itertools
from collections.abc import Callable

from tfrecords_tools import clip_records, shard_plan, shard_writer
from tfrecords_tools.base import isolated, isolated_team


@dataclasses.dataclass(frozen=True)
class Config:
    """This engine has no settings; `--workers` says how many processes."""


def run(
    config: Config,
    job: clip_records.Job,
    shards: list[shard_plan.Planned],
    workers: int,
    progress: Callable[[int], None],
) -> None:
    """Writes all shards into the job's folder.

    Args:
        config: nothing.
        job: what the shards share.
        shards: what to write.
        workers: processes.
        progress: told the number of clips done so far.

    Raises:
        UserError: the disk is full.
    """
    done = itertools.count(1)  # Its `next` is atomic.
    told = [0]

    def write(maker: isolated.Process, planned: shard_plan.Planned) -> None:
        def count() -> None:
            told[0] = next(done)

        shard_writer.write(job, planned, maker, count)

    isolated_team.run(
        lambda: shard_writer.process(job),
        shards,
        workers,
        write,
        lambda: progress(told[0]),
    )
