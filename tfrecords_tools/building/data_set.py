"""Builds a folder of shards atomically: complete, or unchanged.

Shards are written to a hidden subfolder and moved when all are complete; the
manifest, which readers rely on, comes last. A stopped build resumes from that
subfolder. Commands hold `output_folder.claimed` from planning to the end.
"""

import os
import pathlib
import shutil
from collections.abc import Callable

from tfrecords_tools import labels, manifest, output_folder, shard_plan
from tfrecords_tools.base import atomic_write, errors
from tfrecords_tools.base.text import printable
from tfrecords_tools.building import (
    build_plan,
    build_report,
    clip_records,
    shard_journal,
    shard_writer,
)

Written = tuple[shard_plan.Planned, manifest.Shard, list[shard_journal.Outcome]]


def build(
    prepared: build_plan.Prepared,
    workers: int = 1,
    progress: Callable[[int], None] = lambda clips_done: None,
) -> tuple[manifest.Manifest, list[build_report.Row]]:
    """Writes the shards, the report and finally the manifest.

    Skips shards that a stopped build has finished.

    Args:
        prepared: what to write.
        workers: processes.
        progress: receives the number of clips done so far.

    Returns:
        The manifest and the rows of the report.

    Raises:
        UserError: the disk is full, or every clip failed. The previous data
            set is untouched; if every clip failed, a further report has the
            reasons.
    """
    output = pathlib.Path(prepared.request.output)
    partial = output / atomic_write.TEMPORARY
    with atomic_write.explained(output):
        partial.mkdir(parents=True, exist_ok=True)
        job = _job(prepared, partial)
        to_do = shard_journal.keep_finished(job, prepared.shards)
        before = len(prepared.clips) - sum(len(each.clips) for each in to_do)
        progress(before)
        engine = prepared.request.engine
        engine.module.run(
            engine.config,
            shard_writer.ShardWork(job),
            to_do,
            workers,
            lambda n: progress(before + n),
        )
        written = _written(job, prepared.shards)
        outcomes = [*prepared.dropped]
        outcomes += [each for _, _, more in written for each in more]
        searched = prepared.request.duplicates is not None
        rows = build_report.rows(
            outcomes, prepared.copies if searched else None
        )
        dataset = _manifest(prepared, written)
        if not dataset.splits:
            shutil.rmtree(partial)
            report = output / output_folder.FAILED
            build_report.write(report, rows)
            raise errors.UserError(_all_failed(rows, report))
        _commit(partial, dataset, rows)
        output_folder.finish(output)
    return dataset, rows


def _job(
    prepared: build_plan.Prepared, partial: pathlib.Path
) -> clip_records.Job:
    request = prepared.request
    return clip_records.Job(
        root=request.root,
        folder=partial,
        media=request.media,
        audio=request.audio,
        text=request.text,
        cleaning=request.cleaning,
        chunk_frames=request.shards.chunk_frames,
        labels=labels.ids(prepared.labels),
        tasks={task: labels.ids(n) for task, n in prepared.tasks.items()},
        contents=prepared.contents,
        limits=request.limits,
        recipe=prepared.recipe,
    )


def _written(
    job: clip_records.Job, shards: list[shard_plan.Planned]
) -> list[Written]:
    written = []
    for planned in shards:
        noted = shard_journal.read(job, planned)
        if noted is None:
            raise errors.UserError(
                f"{planned.name} is missing after the engine finished: its "
                "workers must share the output folder, and videos must not "
                "change during the build"
            )
        written.append((planned, *noted))
    return written


def _manifest(
    prepared: build_plan.Prepared, written: list[Written]
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
        task_counts={
            task: labels.count(good, names, task)
            for task, names in prepared.tasks.items()
        },
        unlabelled={
            task: labels.count_without(good, task)
            for task in ("", *prepared.tasks)
        },
        extras=prepared.contents.extras,
        storage=prepared.request.media.storage,
        key_every=prepared.request.media.distance_of_keys,
        vocabulary=prepared.vocabulary,
    )


def _all_failed(rows: list[build_report.Row], report: pathlib.Path) -> str:
    shown = [
        f"  {printable.name(row['path'])}: {row['reason']}" for row in rows[:5]
    ]
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
    dataset: manifest.Manifest,
    rows: list[build_report.Row],
) -> None:
    """Commits to the new data set: from here on it is only moved."""
    build_report.write(partial / output_folder.REPORT, rows)
    output_folder.remove_strangers(partial, dataset)
    manifest.write(partial, dataset)  # All bytes are on the disk now.
    os.rename(partial, partial.with_name(manifest.READY))
    atomic_write.sync_folder(partial.parent)
