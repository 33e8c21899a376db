"""Examples of one clip after another: chunks of its frames, streamed.

Videos are decoded in an isolated process, and without TensorFlow. A clip's
chunks wait on the disk until its last frame was read, so that memory holds
one chunk, and a video that turns out to be damaged leaves nothing.
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
from tfrecords_tools.media import reader

NO_LABEL = -1
_IN_MEMORY_BYTES = 16_000_000

Example = tuple[str, dict[str, Any]]


@dataclasses.dataclass(frozen=True)
class Job:
    """What every clip of a data set shares.

    Attributes:
        root: folder of the videos.
        media: how frames are picked and stored.
        chunk_frames: frames in an example at most.
        limits: what one file may cost.
    """

    root: pathlib.Path
    media: reader.Config
    chunk_frames: int
    limits: isolated.Config


def generate(job: Job, clips: Iterable[annotations.Clip]) -> Iterator[Example]:
    """Yields a key and an example for every chunk of every clip.

    Args:
        job: what the clips share.
        clips: checked rows. One whose video cannot be read is left out and
            logged.

    Yields:
        Keys that depend on the rows alone, and values for the features of
        the builder.
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
    frames = reader.read_frames(job.root / clip.path, job.media, *span)
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
