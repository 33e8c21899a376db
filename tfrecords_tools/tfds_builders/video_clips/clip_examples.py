"""Yields examples of one clip after another: chunks of its frames.

Videos are decoded in an isolated process, without TensorFlow. The chunks of a
clip wait on disk until its last frame is read, so memory holds one chunk, and
a damaged video leaves nothing.
"""

import dataclasses
import pathlib
import pickle
import tempfile
from collections.abc import Iterable, Iterator
from typing import Any

from absl import logging

from tfrecords_tools import annotations, shard_plan
from tfrecords_tools.base import isolated
from tfrecords_tools.building import chunk_words
from tfrecords_tools.media import image_folder, reader

NO_LABEL = -1
_IN_MEMORY_BYTES = 16_000_000

Example = tuple[str, dict[str, Any]]


@dataclasses.dataclass(frozen=True)
class Job:
    """Settings shared by all clips of a data set.

    Attributes:
        root: folder of the videos.
        media: how frames are picked and stored.
        chunk_frames: maximum frames per example.
        limits: per file.
    """

    root: pathlib.Path
    media: reader.Config
    chunk_frames: int
    limits: isolated.Config


def generate(job: Job, clips: Iterable[annotations.Clip]) -> Iterator[Example]:
    """Yields a key and an example for every chunk of every clip.

    Args:
        job: shared by all clips.
        clips: checked rows; unreadable videos are skipped and logged.

    Yields:
        Keys, which depend only on the rows, and examples.
    """
    with isolated.Process(job.limits, read_chunks, job) as process:
        for clip in clips:
            with tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES) as spool:
                try:
                    count = _spool(process.run(clip), spool)
                except (reader.VideoError, isolated.Died) as error:
                    logging.warning(
                        "left out (%s): %s: %s",
                        error.status,
                        clip.path,
                        error.reason,
                    )
                    continue
                yield from _examples(clip, spool, count)


def read_chunks(
    job: Job, clip: annotations.Clip
) -> Iterator[list[reader.Frame]]:
    """Yields the frames of a clip, `job.chunk_frames` at a time.

    Raises:
        VideoError: the video cannot be read to the clip's end.
    """
    span = clip.start_seconds, clip.end_seconds
    path = image_folder.path_of(job.root, clip.path, clip.frame_rate)
    frames = reader.read_frames(path, job.media, *span)
    yield from reader.in_chunks(frames, job.chunk_frames)


def _spool(chunks: Iterator[list[reader.Frame]], spool: Any) -> int:
    count = 0
    for chunk in chunks:
        pickle.dump(chunk, spool)
        count += 1
    spool.seek(0)
    return count


def _examples(
    clip: annotations.Clip, spool: Any, count: int
) -> Iterator[Example]:
    labels = annotations.split_labels(clip.label)
    shared = {
        "clip": shard_plan.name_of(clip),
        "path": clip.path,
        "label": labels[0] if labels else NO_LABEL,
        "labels": labels,
        "tasks": [
            {"task": task, "label": label}
            for task in sorted(clip.tasks)
            for label in annotations.split_labels(clip.tasks[task])
        ],
        "caption": clip.caption,
    }
    span = f"{clip.start_seconds}-{clip.end_seconds}"
    start, _ = clip.span
    words = chunk_words.ChunkWords(clip.words, start)
    first = 0
    for _ in range(count):
        frames = pickle.load(spool)
        example = {
            "video": [frame.data for frame in frames],
            "times": [frame.time for frame in frames],
            "end_time": frames[-1].end_time,
            "first_frame": first,
            "words": [
                word._asdict() for word in words.until(frames[-1].end_time)
            ],
        }
        yield f"{clip.path}@{span}#{first:09d}", shared | example
        first += len(frames)
