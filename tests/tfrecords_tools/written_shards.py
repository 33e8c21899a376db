"""Small data sets of shards, written without any video.

Frame `n` of every clip is grey of level `LEVEL * n`.
"""

import hashlib
import pathlib
from collections.abc import Callable

import numpy as np
import simplejpeg

from tfrecords_tools import manifest, schema
from tfrecords_tools.base.files import shard_file, shard_index

FRAMES, CHUNK, LEVEL = 6, 4, 40
PERIOD = 40_000  # Microseconds a frame.
RATE = 8000
LABELS = ("run", "walk")

Change = Callable[[dict], None]


def write(
    folder: pathlib.Path,
    splits: dict[str, int] | None = None,
    labels: tuple[str, ...] = LABELS,
    shards: int = 2,
    extras: tuple[str, ...] = tuple(schema.EXTRAS),
    change: Change = lambda record: None,
    name: str = "clip",
    **more: object,
) -> pathlib.Path:
    """Writes clips of each split, whose labels take turns; `change` may
    spoil a record before it is encoded."""
    folder.mkdir(parents=True, exist_ok=True)
    contents = schema.Contents((), extras)
    written = {}
    for split, count in (splits or {"train": 6, "validation": 3}).items():
        parts = np.array_split(np.arange(count), shards)
        written[split] = tuple(
            _shard(
                folder / f"{split}-{place:05d}-of-{shards:05d}.tfrecord",
                [_records(int(n), labels, name) for n in part],
                contents,
                change,
                part,
            )
            for place, part in enumerate(parts)
        )
    made = manifest.Manifest(
        labels=labels,
        tasks={},
        several_labels=False,
        splits=written,
        settings={"media": {"quality": 90, "note": "<b>"}},
        label_counts={
            split: tuple(
                len(range(label, sum(s.clips for s in each), len(labels)))
                for label in range(len(labels))
            )
            for split, each in written.items()
        },
        extras=extras,
        **more,
    )
    manifest.write(folder, made)
    return folder


def _shard(path, clips, contents, change, numbers) -> manifest.Shard:
    with open(path, "wb") as stream:
        file = shard_file.ShardFile(stream)
        for number, records in zip(numbers, clips, strict=True):
            first = 0
            for record in records:
                span = record["start_time"], record["end_time"]
                frames = len(record["frames"])
                change(record)
                data = schema.encode(record, contents)
                file.add(data, int(number), first, frames, span)
                first += frames
    index = shard_index.path_of(path)
    shard_index.write(index, np.array(file.rows), schema.VERSION)
    return manifest.Shard(
        name=path.name,
        clips=len(clips),
        chunks=len(file.rows),
        frames=FRAMES * len(clips),
        size=file.size,
        sha256=file.digest.hexdigest(),
        index_sha256=hashlib.sha256(index.read_bytes()).hexdigest(),
    )


def _records(number: int, labels: tuple[str, ...], name: str) -> list[dict]:
    ids = [number % len(labels)] if labels else []
    shared = {
        "format": "jpeg",
        "height": 24,
        "width": 32,
        "frame_rate": 25.0,
        "path": f"{name}{number}.mp4",
        "media_id": f"{name}{number}",
        "label_ids": ids,
        "labels": [labels[each] for each in ids],
        "caption": "",
        "sample_rate": float(RATE),
    }
    return [
        shared | _chunk(range(first, min(first + CHUNK, FRAMES)))
        for first in range(0, FRAMES, CHUNK)
    ]


def _chunk(numbers: range) -> dict:
    start, end = PERIOD * numbers.start, PERIOD * numbers.stop
    samples = end * RATE // 1_000_000 - start * RATE // 1_000_000
    return {
        "frames": [_picture(LEVEL * number) for number in numbers],
        "times": [PERIOD * number for number in numbers],
        "start_time": start,
        "end_time": end,
        "waveform": [0.5] * samples,
        "voice_starts": [start],
        "voice_ends": [end],
        "words": ["a", "b"],
        "word_times": [start, start + 1000],
        "word_lengths": [1000, PERIOD * 9],
    }


def _picture(level: int) -> bytes:
    image = np.full((24, 32, 3), level, np.uint8)
    return simplejpeg.encode_jpeg(image, 90)
