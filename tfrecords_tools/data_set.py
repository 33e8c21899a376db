"""Builds a folder of shards: all of it stands in the end, or nothing new.

Shards are written into a hidden folder beside their place and moved when
all are there; the manifest, which readers trust, comes last.
"""

import dataclasses
import os
import pathlib
import re
import shutil
from collections.abc import Callable
from typing import Any

from tfrecords_tools import (
    annotations,
    build_report,
    labels,
    manifest,
    shard_plan,
    shard_pool,
    shard_writer,
)
from tfrecords_tools.base import (
    atomic_write,
    errors,
    registry,
    settings,
    shard_index,
)
from tfrecords_tools.media import reader

OURS = re.compile(r"[a-z]+-\d{5}-of-\d{5}\.(tfrecord|index)")


@dataclasses.dataclass(frozen=True)
class Request:
    """What to build.

    Attributes:
        source: a file of `tfrecords_tools.sources` and its settings.
        input: what that source reads.
        output: folder for the shards.
        video_root: what paths are relative to; None is `input` if that is
            a folder, else the folder it stands in.
        media: how frames are picked and stored.
        shards: how clips are spread.
    """

    source: registry.Chosen
    input: str
    output: str
    video_root: str | None = None
    media: reader.Config = reader.Config()
    shards: shard_plan.Config = shard_plan.Config()

    @property
    def root(self) -> pathlib.Path:
        """The folder of the videos."""
        given = pathlib.Path(self.video_root or self.input)
        alone = not self.video_root and not given.is_dir()
        return given.parent if alone else given

    def recorded(self) -> dict[str, Any]:
        """What the manifest tells about this request."""
        section = getattr(self.source.module, "SECTION", self.source.name)
        return {
            "source": {
                "name": self.source.name,
                "input": os.path.abspath(self.input),
                "video_root": os.path.abspath(self.root),
            },
            section: settings.to_dict(self.source.config),
            "media": settings.to_dict(self.media),
            "shards": settings.to_dict(self.shards),
        }


@dataclasses.dataclass(frozen=True)
class Prepared:
    """A request with its checked clips and the shards they go to."""

    request: Request
    clips: list[annotations.Clip]
    shards: list[shard_plan.Planned]
    labels: tuple[str, ...]
    tasks: dict[str, tuple[str, ...]]


def prepare(request: Request, replace: bool = False) -> Prepared:
    """Lists and checks all clips; opens no video.

    Args:
        request: what to build.
        replace: whether another data set may be overwritten.

    Raises:
        UserError: the output holds another data set, or rows are faulty.
    """
    old = _standing(request, replace)
    listed = request.source.module.list_clips(
        request.source.config, request.input
    )
    clips = annotations.check(listed, request.root)
    return Prepared(
        request,
        clips,
        shard_plan.plan(clips, request.root, request.shards),
        labels.name_all(clips, old.labels if old else ()),
        labels.name_tasks(clips, old.tasks if old else {}),
    )


def build(
    prepared: Prepared,
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


def _standing(request: Request, replace: bool) -> manifest.Manifest | None:
    """The data set that this build continues, if one stands there."""
    path = pathlib.Path(request.output) / manifest.FILE_NAME
    if os.path.realpath(request.output) == os.path.realpath(request.root):
        raise errors.UserError(
            f"--output={request.output} is the folder of the videos: choose "
            "another one"
        )
    if replace or not path.exists():
        return None
    old = manifest.read(request.output)
    found, wanted = old.settings["source"], request.recorded()["source"]
    if found != wanted:
        raise errors.UserError(
            f"{request.output} holds the data set of {_told(found)}, wanted "
            f"is that of {_told(wanted)}: choose another --output, or add "
            "--replace"
        )
    return old


def _told(source: dict[str, str]) -> str:
    return "--source={name} --input={input} --video_root={video_root}".format(
        **source
    )


def _job(prepared: Prepared, partial: pathlib.Path) -> shard_writer.Job:
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
    prepared: Prepared, written: list[shard_pool.Written]
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
        several_labels=any(
            len(annotations.split_labels(clip.label)) > 1
            for clip in prepared.clips
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
        if OURS.fullmatch(path.name) and path.name not in names:
            path.unlink()
