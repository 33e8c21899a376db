"""Writes one shard from the records that an isolated process makes.

One shard is the unit of work. A clip that fails leaves no bytes, only a gap
in the numbering and an outcome with the reason.
"""

import dataclasses
import hashlib
from collections.abc import Callable, Sequence

import numpy as np

from tfrecords_tools import annotations, manifest, schema, shard_plan
from tfrecords_tools.base import atomic_write, errors, isolated
from tfrecords_tools.base.files import shard_file, shard_index
from tfrecords_tools.building import clip_records, shard_journal


@dataclasses.dataclass(frozen=True)
class ShardWork:
    """Writes planned shards: the work of an engine, see `worker_pool`."""

    job: clip_records.Job

    def start(self) -> isolated.Process:
        """Creates a process that makes records."""
        return process(self.job)

    def do(
        self,
        worker: isolated.Process,
        unit: shard_plan.Planned,
        count: Callable[[], None] = lambda: None,
    ) -> None:
        """Writes one shard."""
        write(self.job, unit, worker, count)

    def count_done(self, units: Sequence[shard_plan.Planned]) -> int:
        """Counts the clips in finished shards."""
        return shard_journal.clips_noted(self.job.folder, units)


def process(job: clip_records.Job) -> isolated.Process:
    """Returns a process that makes records of clips, for `write`."""
    return isolated.Process(job.limits, clip_records.generate_chunks, job)


def write(
    job: clip_records.Job,
    planned: shard_plan.Planned,
    maker: isolated.Process,
    done: Callable[[], None] = lambda: None,
) -> None:
    """Writes a shard, its index and its journal entry, each atomically.

    Args:
        job: shared by all shards.
        planned: the shard's name and clips.
        maker: from `process`.
        done: called after each clip.

    Raises:
        UserError: the disk is full, the place is not writable, or a video
            changed meanwhile.
    """
    path = job.folder / planned.name
    digest = shard_journal.digest(job, planned)
    outcomes = []
    with atomic_write.file(path) as stream:
        shard = shard_file.ShardFile(stream)
        for number, clip in planned.clips:
            outcomes.append(_write_clip(maker, shard, number, clip))
            done()
    index_path = shard_index.path_of(path)
    shard_index.write(index_path, np.array(shard.rows), schema.VERSION)
    written = [outcome for outcome in outcomes if outcome.status == "ok"]
    entry = manifest.Shard(
        name=planned.name,
        clips=len(written),
        chunks=len(shard.rows),
        frames=sum(outcome.frames for outcome in written),
        size=shard.size,
        sha256=shard.digest.hexdigest(),
        index_sha256=hashlib.sha256(index_path.read_bytes()).hexdigest(),
    )
    if digest != shard_journal.digest(job, planned):
        raise errors.UserError(
            f"a video of {planned.name} changed while it was read: re-run the "
            "command when the videos no longer change"
        )
    shard_journal.write(job, planned, digest, entry, outcomes)


def _write_clip(
    maker: isolated.Process,
    shard: shard_file.ShardFile,
    number: int,
    clip: annotations.Clip,
) -> shard_journal.Outcome:
    mark = shard.mark()
    frames = 0
    try:
        for output in maker.run(clip):
            if isinstance(output, clip_records.Chunk):
                shard.add(
                    output.data,
                    number,
                    output.first,
                    output.frames,
                    output.span,
                )
                frames += output.frames
            else:
                ending = output
    except isolated.Died as death:
        ending = clip_records.Ending(death.status, death.reason)
    if ending.status != "ok":
        shard.go_back(mark)
        return shard_journal.Outcome(clip, *ending[:2], columns=ending.columns)
    rows = shard.rows[mark[1] :]
    start, end = rows[0][-2], max(row[-1] for row in rows)
    seconds = (end - start) / 1e6
    return shard_journal.Outcome(
        clip, "ok", ending.reason, frames, seconds, ending.columns
    )
