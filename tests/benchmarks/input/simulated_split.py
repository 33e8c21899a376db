"""Data sets of any size without a video: real indexes, empty shards.

Shards are sparse files of the right length that take no room on disk. Their
records are never read; `constant_records` puts one in the place of all.
"""

import contextlib
import os
import pathlib
import shutil
from collections.abc import Callable, Iterator
from unittest import mock

import numpy as np
import tensorflow as tf

from pipelines.reading import clip_reading
from tfrecords_tools import manifest, schema
from tfrecords_tools.base.files import shard_index, tfrecord

FRAME_RATE, CHUNK_FRAMES = 30, 64
FRAME_BYTES = 1000  # So that reading them costs little beside the rest.
LEAST_SHARDS = 4
_MICROSECONDS = 1e6 / FRAME_RATE


def write(
    folder: pathlib.Path, clips: int, frames: int, shard_clips: int
) -> pathlib.Path:
    """Writes a training split, unless it is there.

    Args:
        folder: where to; it is written whole or not at all.
        clips: how many.
        frames: of each.
        shard_clips: of each shard, at most.
    """
    if (folder / manifest.FILE_NAME).exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    shards = max(-(-clips // shard_clips), min(LEAST_SHARDS, clips))
    edges = np.linspace(0, clips, shards + 1).astype(int).tolist()
    made = []
    for number, (first, end) in enumerate(
        zip(edges[:-1], edges[1:], strict=True)
    ):
        name = f"train-{number:05d}-of-{shards:05d}.tfrecord"
        made.append(_shard(folder / name, first, end, frames))
    about = manifest.Manifest(
        labels=("label",),
        tasks={},
        several_labels=False,
        splits={"train": tuple(made)},
        settings={},
        label_counts={"train": (clips,)},
    )
    manifest.write(folder, about)
    return folder


def clips_in(folder: pathlib.Path) -> int:
    """Clips of the split."""
    shards = manifest.read(folder).shards("train")
    return sum(shard.clips for shard in shards)


def _shard(
    path: pathlib.Path, first: int, end: int, frames: int
) -> manifest.Shard:
    starts = np.arange(0, frames, CHUNK_FRAMES)
    counts = np.minimum(CHUNK_FRAMES, frames - starts)
    clips, length = end - first, len(_record())
    step = length + tfrecord.HEADER + tfrecord.FOOTER
    columns = {
        "clip": np.repeat(np.arange(first, end), len(starts)),
        "offset": np.arange(clips * len(starts)) * step,
        "length": np.full(clips * len(starts), length),
        "crc": np.zeros(clips * len(starts)),
        "first_frame": np.tile(starts, clips),
        "frames": np.tile(counts, clips),
        "start_time": np.tile(starts * _MICROSECONDS, clips),
        "end_time": np.tile((starts + counts) * _MICROSECONDS, clips),
    }
    rows = [columns[name] for name in shard_index.COLUMNS]
    rows = np.stack(rows, axis=1).astype(np.int64)
    shard_index.write(shard_index.path_of(path), rows, schema.VERSION)
    path.touch()
    os.truncate(path, len(rows) * step)
    return manifest.Shard(
        path.name, clips, len(rows), clips * frames, len(rows) * step, "", ""
    )


@contextlib.contextmanager
def constant_records() -> Iterator[None]:
    """Every record that is read within is one of full length."""
    record = tf.constant(_record())

    def constant(path: tf.Tensor, offset: tf.Tensor, _: int) -> Callable:
        # It depends on both, so that the graph has to find them.
        found = tf.strings.length(path) + tf.cast(offset, tf.int32)

        def read(count: tf.Tensor | int) -> tf.Tensor:
            with tf.control_dependencies([found]):
                return tf.fill([count], record)

        return read

    with mock.patch.object(clip_reading, "_records_from", constant):
        yield


def _record() -> bytes:
    times = np.round(np.arange(CHUNK_FRAMES) * _MICROSECONDS)
    return schema.encode(
        {
            "frames": [bytes(FRAME_BYTES)] * CHUNK_FRAMES,
            "times": times.astype(int).tolist(),
            "format": "jpeg",
            "height": 256,
            "width": 340,
            "frame_rate": FRAME_RATE,
            "path": "video.mp4",
            "media_id": "video",
            "start_time": 0,
            "end_time": int(CHUNK_FRAMES * _MICROSECONDS),
            "label_ids": [0],
            "labels": ["label"],
            "caption": "",
        }
    )
