"""Builds a folder of shards: all of it stands in the end, or nothing new.

Shards are written into a hidden folder beside their place and moved when
all are there; the manifest, which readers trust, comes last.
"""

import os
import pathlib
import shutil
from collections.abc import Callable

from tfrecords_tools import (
    build_plan,
    build_report,
    labels,
    manifest,
    shard_plan,
    shard_pool,
    shard_writer,
)
from tfrecords_tools.base import atomic_write, errors, shard_index


def build(
    prepared: build_plan.Prepared,
    workers: int = 1,
    progress: Callable[[int], None] = lambda clips_done: None,
) -> tuple[manifest.Manifest, list[build_report.Row]]:
    """Writes the shards, the report and last the manifest.

    Args:
        prepared: what to write.
        workers: processes.
        progress: told the number of clips done so far.

    Returns:
        The manifest and the rows of the report.

    Raises:
        UserError: every clip failed, or the disk is full; what stood
            before is untouched then.
    """
    output = pathlib.Path(prepared.request.output)
    partial = output / atomic_write.TEMPORARY
    with atomic_write.explained(output):
        output.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        try:
            job = _job(prepared, partial)
            written = shard_pool.run(job, prepared.shards, workers, progress)
            outcomes = [each for _, _, more in written for each in more]
            rows = build_report.rows(outcomes)
            made = _manifest(prepared, written)
            if not made.splits:
                raise errors.UserError(_all_failed(rows))
            _move_in(partial, output, made, rows)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return made, rows


def _job(
    prepared: build_plan.Prepared, partial: pathlib.Path
) -> shard_writer.Job:
    request = prepared.request
    return shard_writer.Job(
        root=request.root,
        folder=partial,
        media=request.media,
        chunk_frames=request.shards.chunk_frames,
        labels=labels.ids(prepared.labels),
        tasks={task: labels.ids(n) for task, n in prepared.tasks.items()},
    )


def _manifest(
    prepared: build_plan.Prepared, written: list[shard_pool.Written]
) -> manifest.Manifest:
    splits: dict[str, tuple[manifest.Shard, ...]] = {}
    for planned, shard, _ in written:
        splits[planned.split] = (*splits.get(planned.split, ()), shard)
    good = [
        outcome.clip
        for _, _, outcomes in written
        for outcome in outcomes
        if outcome.status == "ok"
    ]
    return manifest.Manifest(
        labels=prepared.labels,
        tasks=prepared.tasks,
        several_labels=labels.any_several(c.label for c in prepared.clips),
        several_tasks=tuple(
            task
            for task in prepared.tasks
            if labels.any_several(
                clip.tasks.get(task, "") for clip in prepared.clips
            )
        ),
        splits={
            split: shards
            for split, shards in splits.items()
            if any(shard.clips for shard in shards)
        },
        settings=prepared.request.recorded(),
        label_counts=labels.count(good, prepared.labels),
    )


def _all_failed(rows: list[build_report.Row]) -> str:
    shown = [f"  {row['path']}: {row['reason']}" for row in rows[:5]]
    return "\n".join(
        [
            f"no clip could be read ({build_report.summary(rows)}), so no "
            "data set is written:",
            *shown,
        ]
    )


def _move_in(
    partial: pathlib.Path,
    output: pathlib.Path,
    made: manifest.Manifest,
    rows: list[build_report.Row],
) -> None:
    build_report.write(partial / build_report.FILE_NAME, rows)
    names = [s.name for shards in made.splits.values() for s in shards]
    names += [shard_index.path_of(name).name for name in names]
    manifest.write(partial, made)  # All bytes are on the disk now.
    for name in (*names, build_report.FILE_NAME, manifest.FILE_NAME):
        os.replace(partial / name, output / name)
    for path in output.iterdir():
        if shard_plan.NAME.fullmatch(path.name) and path.name not in names:
            path.unlink()
