"""Records the finished shards of a build, so that a stopped one can resume.

Beside each finished shard in the hidden folder is a small file with its
manifest entry, the outcomes of its clips, and a digest of everything its
bytes depend on. The shard is kept only if that digest still matches.
"""

import dataclasses
import hashlib
import json
import os
import pathlib
from collections.abc import Iterable
from typing import Any

from tfrecords_tools import annotations, manifest, output_folder, shard_plan
from tfrecords_tools.base import atomic_write
from tfrecords_tools.base.files import path_state, shard_index
from tfrecords_tools.building import clip_records


@dataclasses.dataclass(frozen=True)
class Outcome:
    """Outcome of one clip.

    Attributes:
        clip: the row.
        status: "ok", or the status of a `reader.VideoError`, "dropped" by a
            cleaning step, "crashed", "too_slow" or "too_large".
        reason: of a failure, or remarks about the video.
        frames: number stored.
        seconds: duration of these frames.
        columns: cleaning step to text for the report.
    """

    clip: annotations.Clip
    status: str
    reason: str
    frames: int = 0
    seconds: float = 0.0
    columns: dict[str, str] = dataclasses.field(default_factory=dict)


Written = tuple[manifest.Shard, list[Outcome]]


def write(
    job: clip_records.Job,
    planned: shard_plan.Planned,
    digest: str,
    shard: manifest.Shard,
    outcomes: list[Outcome],
) -> None:
    """Records a finished shard."""
    values = {
        "digest": digest,
        "shard": dataclasses.asdict(shard),
        "outcomes": [_without_clip(outcome) for outcome in outcomes],
    }
    with atomic_write.file(_path(job.folder, planned), "w") as stream:
        json.dump(values, stream)


def read(job: clip_records.Job, planned: shard_plan.Planned) -> Written | None:
    """Reads the entry and outcomes of a shard; None if unfinished."""
    try:
        values = json.loads(_path(job.folder, planned).read_text("utf-8"))
        shard = manifest.Shard(**values["shard"])
        whole = os.path.getsize(job.folder / shard.name) == shard.size
        whole &= values["digest"] == digest(job, planned)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not whole:
        return None
    return shard, [
        Outcome(clip, **values_of)
        for (_, clip), values_of in zip(
            planned.clips, values["outcomes"], strict=True
        )
    ]


def keep_finished(
    job: clip_records.Job, shards: Iterable[shard_plan.Planned]
) -> list[shard_plan.Planned]:
    """Removes leftovers except finished shards; returns the others."""
    to_do, kept = [], set()
    for planned in shards:
        if read(job, planned) is None:
            to_do.append(planned)
        else:
            path = job.folder / planned.name
            kept |= {path, shard_index.path_of(path)}
            kept.add(_path(job.folder, planned))
    for path in job.folder.iterdir():
        if path not in kept and path.suffix != output_folder.SURVEY:
            path.unlink()
    return to_do


def clips_noted(
    folder: pathlib.Path, shards: Iterable[shard_plan.Planned]
) -> int:
    """Counts the clips in finished shards."""
    return sum(
        len(planned.clips)
        for planned in shards
        if _path(folder, planned).exists()
    )


def digest(job: clip_records.Job, planned: shard_plan.Planned) -> str:
    """Returns SHA-256 of everything the shard's bytes depend on."""
    text = hashlib.sha256(f"{job.recipe}\n{planned.name}\n".encode())
    for number, clip in planned.clips:
        text.update(f"{(number, clip)!r}\n".encode())
        texts = clip.captions, clip.questions
        if any(texts):
            text.update(f"{texts!r}\n".encode())
    for path in sorted({clip.path for _, clip in planned.clips}):
        text.update(f"{path} {_state(job.root / path)}\n".encode())
    return text.hexdigest()


def _state(path: pathlib.Path) -> str:
    try:
        state = path_state.read(path)
    except OSError:
        return "missing"
    return f"{state.size} {state.time}"


def _path(folder: pathlib.Path, planned: shard_plan.Planned) -> pathlib.Path:
    return (folder / planned.name).with_suffix(output_folder.DONE)


def _without_clip(outcome: Outcome) -> dict[str, Any]:
    fields = dataclasses.fields(outcome)
    names = [field.name for field in fields if field.name != "clip"]
    return {name: getattr(outcome, name) for name in names}
