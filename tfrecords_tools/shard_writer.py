"""Writes one shard: decodes its clips, cuts them into chunks, frames them.

One shard is the unit of work. A clip that fails leaves no bytes, only a gap
in the numbers and an outcome that says why.
"""

import dataclasses
import hashlib
import pathlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tfrecords_tools import (
    annotations,
    manifest,
    schema,
    shard_file,
    shard_plan,
)
from tfrecords_tools.base import atomic_write, shard_index
from tfrecords_tools.media import reader


@dataclasses.dataclass(frozen=True)
class Job:
    """What every shard of a data set shares.

    Attributes:
        root: folder of the videos.
        folder: where the shards are written.
        media: how frames are picked and stored.
        chunk_frames: frames in a record at most.
        labels: label to id.
        tasks: further label sets, task to label to id.
    """

    root: pathlib.Path
    folder: pathlib.Path
    media: reader.Config
    chunk_frames: int
    labels: dict[str, int]
    tasks: dict[str, dict[str, int]]


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of one clip.

    Attributes:
        clip: the row.
        status: "ok", or the status of a `reader.VideoError`.
        reason: why it failed, or what is worth knowing about the video.
        frames: stored.
        seconds: that they cover.
    """

    clip: annotations.Clip
    status: str
    reason: str
    frames: int = 0
    seconds: float = 0.0


def write(
    job: Job, planned: shard_plan.Planned, done: Callable[[], None]
) -> tuple[manifest.Shard, list[Outcome]]:
    """Writes a shard and its index, each whole or not at all.

    Args:
        job: what all shards share.
        planned: the shard's name and clips.
        done: called after each clip.

    Raises:
        UserError: the disk is full or the place cannot be written.
    """
    path = job.folder / planned.name
    outcomes = []
    with atomic_write.file(path) as stream:
        shard = shard_file.ShardFile(stream)
        for number, clip in planned.clips:
            outcomes.append(_write_clip(job, shard, number, clip))
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
    return entry, outcomes


def _write_clip(
    job: Job, shard: shard_file.ShardFile, number: int, clip: annotations.Clip
) -> Outcome:
    mark = shard.mark()
    path = job.root / clip.path
    count = damaged = 0
    contents = schema.Contents(tuple(job.tasks))
    try:
        facts = reader.probe(path, job.media)
        record = _record(job, clip, facts)
        for frames in _chunks(job, path, clip):
            data = schema.encode(record | _of_chunk(frames), contents)
            span = frames[0].time, frames[-1].end_time
            shard.add(data, number, count, len(frames), span)
            count += len(frames)
            damaged += sum(frame.damaged for frame in frames)
    except reader.VideoError as error:
        shard.go_back(mark)
        return Outcome(clip, error.status, error.reason)
    start, end = shard.rows[mark[1]][-2], shard.rows[-1][-1]
    note = str(facts) + (f", {damaged} frames damaged" if damaged else "")
    return Outcome(clip, "ok", note, count, (end - start) / 1e6)


def _chunks(
    job: Job, path: pathlib.Path, clip: annotations.Clip
) -> Iterator[list[reader.Frame]]:
    chunk = []
    span = clip.start_seconds, clip.end_seconds
    for frame in reader.read_frames(path, job.media, *span):
        chunk.append(frame)
        if len(chunk) == job.chunk_frames:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _record(
    job: Job, clip: annotations.Clip, facts: reader.Facts
) -> dict[str, Any]:
    """The features that all chunks of a clip share."""
    record = {
        "format": "jpeg",
        "frame_rate": job.media.frame_rate or facts.frame_rate,
        "path": clip.path,
        "media_id": shard_plan.name_of(clip),
        "caption": clip.caption,
    } | _labelled("", clip.label, job.labels)
    for task, ids in job.tasks.items():
        record |= _labelled(f"{task}.", clip.tasks.get(task, ""), ids)
    return record


def _labelled(prefix: str, label: str, ids: dict[str, int]) -> dict[str, Any]:
    names = annotations.split_labels(label)
    return {
        f"{prefix}labels": names,
        f"{prefix}label_ids": [ids[name] for name in names],
    }


def _of_chunk(frames: list[reader.Frame]) -> dict[str, Any]:
    return {
        "frames": [frame.data for frame in frames],
        "times": [frame.time for frame in frames],
        "height": frames[0].height,
        "width": frames[0].width,
        "start_time": frames[0].time,
        "end_time": frames[-1].end_time,
    }
