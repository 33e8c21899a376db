"""Converts one clip to records: the work of isolated processes.

Everything that touches a video happens below this file; the results are bytes
and a few numbers.
"""

import bisect
import contextlib
import dataclasses
import itertools
import os
import pathlib
import traceback
from collections.abc import Iterator
from typing import Any, NamedTuple

import cv2

from tfrecords_tools import annotations, schema, shard_plan
from tfrecords_tools.base import errors, isolated, registry
from tfrecords_tools.building import (
    chunk_audio,
    chunk_words,
    clip_cleaning,
    clip_texts,
)
from tfrecords_tools.media import image_folder, reader
from tfrecords_tools.media.audio import audio_reader, voice
from tfrecords_tools.text import text_cleaning


@dataclasses.dataclass(frozen=True)
class Job:
    """Settings shared by all clips of a data set.

    Attributes:
        root: folder of the videos.
        folder: output folder of the shards.
        media: how frames are picked and stored.
        audio: how audio is read, if at all.
        text: how captions and words are cleaned.
        cleaning: steps, files of `tfrecords_tools.cleaning`.
        chunk_frames: frames in a record at most.
        labels: label to id.
        tasks: further label sets, task to label to id.
        contents: what a record holds.
        limits: per record.
        recipe: digest of everything the bytes depend on except the clips.
    """

    root: pathlib.Path
    folder: pathlib.Path
    media: reader.Config
    audio: audio_reader.Config
    text: text_cleaning.Config
    cleaning: tuple[registry.Chosen, ...]
    chunk_frames: int
    labels: dict[str, int]
    tasks: dict[str, dict[str, int]]
    contents: schema.Contents
    limits: isolated.Config
    recipe: str


class Chunk(NamedTuple):
    """One record.

    Attributes:
        data: serialised.
        first: its first frame, counted within the clip.
        frames: in it; 0 where it only continues the audio of the one before.
        span: first and last time, microseconds.
    """

    data: bytes
    first: int
    frames: int
    span: tuple[int, int]


class Ending(NamedTuple):
    """Outcome of a clip, after its last chunk.

    Attributes:
        status: "ok", or why its chunks are invalid.
        reason: of a failure, or remarks about the video.
        columns: cleaning step to text for the report.
    """

    status: str
    reason: str
    columns: dict[str, str] = {}


def generate_chunks(
    job: Job, clip: annotations.Clip
) -> Iterator[Chunk | Ending]:
    """Yields the chunks of a clip, then one `Ending`."""
    cv2.setNumThreads(1)
    try:
        yield from _readable_chunks(job, clip)
    except reader.VideoError as error:
        yield Ending(error.status, error.reason)
    except (MemoryError, errors.UserError):
        raise
    except Exception as error:  # One file must not end a long build.
        place = traceback.extract_tb(error.__traceback__)[-1]
        name = pathlib.Path(place.filename).name
        reason = f"{error!r} in {name}:{place.lineno}"
        yield Ending("crashed", reason)


def _readable_chunks(
    job: Job, clip: annotations.Clip
) -> Iterator[Chunk | Ending]:
    path = image_folder.path_of(job.root, clip.path, clip.frame_rate)
    decided = _cleaned(job, path, clip)
    if decided.dropped:
        yield Ending("dropped", decided.dropped, decided.columns)
        return
    metadata: list[reader.VideoMetadata] = []
    start, _ = clip.span
    cleaned = text_cleaning.clean_words(job.text, clip.words)
    words = chunk_words.ChunkWords(cleaned, start)
    seconds = clip.start_seconds, clip.end_seconds
    every = reader.read_frames(
        path, job.media, *seconds, decided.edits, metadata.append
    )
    count = damaged = 0
    with _listening(job, path, start) as heard:
        for frames in reader.in_chunks(every, job.chunk_frames):
            span = frames[0].time, frames[-1].end_time
            record = _shared(job, clip, metadata[0]) | _frames(frames)
            record |= _texts(words.until(span[1]))
            for features in heard:
                record |= features(*span)
            data = schema.encode(record, job.contents)
            yield Chunk(data, count, len(frames), span)
            count += len(frames)
            damaged += sum(frame.damaged for frame in frames)
            for each, features in itertools.chain(*(h.rest() for h in heard)):
                further = _continuation(record, each) | features
                data = schema.encode(further, job.contents)
                yield Chunk(data, count, 0, each)
        notes = [str(metadata[0]), *(part.note for part in heard if part.note)]
    notes += [f"{damaged} frames damaged"] if damaged else []
    yield Ending("ok", ", ".join(notes), decided.columns)


def _cleaned(
    job: Job, path: str | os.PathLike, clip: annotations.Clip
) -> clip_cleaning.Decision:
    if not job.cleaning:
        return clip_cleaning.NOTHING
    metadata = reader.probe(path, job.media)
    return clip_cleaning.decide(
        job.cleaning, path, job.media, *clip.span, metadata
    )


def _shared(
    job: Job, clip: annotations.Clip, metadata: reader.VideoMetadata
) -> dict[str, Any]:
    """Returns the features shared by all chunks of a clip."""
    record = {
        "format": job.media.storage,
        "frame_rate": job.media.frame_rate or metadata.frame_rate,
        "path": clip.path,
        "media_id": shard_plan.name_of(clip),
        "caption": text_cleaning.clean(job.text, clip.caption),
        **clip_texts.features(job.text, clip),
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


def _frames(frames: list[reader.Frame]) -> dict[str, Any]:
    return {
        "frames": [frame.data for frame in frames],
        "times": [frame.time for frame in frames],
        "height": frames[0].height,
        "width": frames[0].width,
        "start_time": frames[0].time,
        "end_time": frames[-1].end_time,
    }


def _continuation(
    record: dict[str, Any], span: chunk_audio.Span
) -> dict[str, Any]:
    """Returns a record for further audio of a chunk, without its frames.

    The index counts no frames in it. JPEG storage repeats the current frame,
    since other readers expect one in every record.
    """
    start, end = span
    shown = bisect.bisect_right(record["times"], start)
    frames = record["frames"][shown - 1 : shown]
    frames = frames if record["format"] == "jpeg" else []
    return record | {
        "frames": frames,
        "times": [start] * len(frames),
        "start_time": start,
        "end_time": end,
        "voice_starts": [],
        "voice_ends": [],
        **_texts([]),
    }


def _texts(words: list[chunk_words.Timed]) -> dict[str, Any]:
    return {
        "words": [word.text for word in words],
        "word_times": [word.start for word in words],
        "word_lengths": [word.end - word.start for word in words],
    }


@contextlib.contextmanager
def _listening(
    job: Job, path: str | os.PathLike, start: int
) -> Iterator[list["_Waveform | _Voice"]]:
    """Opens the audio features that the data set holds."""
    where = path, job.audio, job.media.max_pixels, start
    with contextlib.ExitStack() as opened:
        heard: list[_Waveform | _Voice] = []
        if job.audio.rate:
            reading = opened.enter_context(audio_reader.AudioReader(*where))
            heard.append(_Waveform(reading, job.audio.rate, []))
        if job.audio.voice:
            heard.append(_Voice(opened.enter_context(voice.Voice(*where))))
        yield heard


class _Waveform(NamedTuple):
    audio: audio_reader.AudioReader
    rate: int
    left: list[chunk_audio.Span]

    @property
    def note(self) -> str:
        return self.audio.note

    def __call__(self, start: int, end: int) -> dict[str, Any]:
        """Returns the features of a chunk's record."""
        self.left[:] = chunk_audio.spans(start, end, self.rate)
        divided = len(self.left) > 1
        samples = self.audio.take(*self.left.pop(0))
        samples = chunk_audio.written(samples, divided)
        return {"waveform": samples, "sample_rate": self.rate}

    def rest(self) -> Iterator[tuple[chunk_audio.Span, dict[str, Any]]]:
        """Yields the continuations of that chunk: spans and features."""
        while self.left:
            span = self.left.pop(0)
            samples = chunk_audio.written(self.audio.take(*span), True)
            if len(samples):
                yield span, {"waveform": samples}


class _Voice(NamedTuple):
    voice: voice.Voice
    note: str = ""

    def __call__(self, start: int, end: int) -> dict[str, Any]:
        spans = self.voice.spans(start, end)
        return {
            "voice_starts": [begin for begin, _ in spans],
            "voice_ends": [stop for _, stop in spans],
        }

    def rest(self) -> tuple[()]:
        return ()  # The record of a chunk holds all its spans.
