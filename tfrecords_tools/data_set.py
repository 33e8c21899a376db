"""Builds a folder of shards: all of it stands in the end, or nothing new.

Shards are written into a hidden folder beside their place and moved when
all are there; the manifest, which readers trust, comes last. Commands hold
`output_folder.claimed` from planning to the end.
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
    output_folder,
    shard_pool,
    shard_writer,
)
from tfrecords_tools.base import atomic_write, errors


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
        UserError: the disk is full, or every clip failed; what stood
            before is untouched then, but for the report in the latter case.
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
                report = output / build_report.FILE_NAME
                build_report.write(report, rows)
                raise errors.UserError(_all_failed(rows, report))
            _commit(partial, made, rows)
            output_folder.finish(output)
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


def _all_failed(rows: list[build_report.Row], report: pathlib.Path) -> str:
    shown = [f"  {row['path']}: {row['reason']}" for row in rows[:5]]
    return "\n".join(
        [
            f"no clip could be read ({build_report.summary(rows)}), so no "
            "data set is written:",
            *shown,
            f"report: {report}",
        ]
    )


def _commit(
    partial: pathlib.Path,
    made: manifest.Manifest,
    rows: list[build_report.Row],
) -> None:
    """Decides for the new data set: from here on it is only moved."""
    build_report.write(partial / build_report.FILE_NAME, rows)
    output_folder.remove_strangers(partial, made)
    manifest.write(partial, made)  # All bytes are on the disk now.
    os.rename(partial, partial.with_name(manifest.READY))
    atomic_write.sync_folder(partial.parent)
