"""Makes what the contenders of input_speed read, all from the same videos.

    videos/         H.264, the same scenes under several names
    shards_256/     of build_shards with its default settings
    short_256/      the same in records of 16 frames, for clips as short
    short_128/      the same with short side 128
    records/        a SequenceExample a video, with the JPEGs of shards_256
    frames/         those JPEGs in one file, and windows drawn as ours are

What is there already is left as it is.
"""

import concurrent.futures
import os
import pathlib
import shutil
import subprocess
from collections.abc import Callable, Iterator

import google_crc32c
import numpy as np

from tests.benchmarks.encoding import build_command, dmvr_peer, rendered_videos
from tests.benchmarks.input import single_frames
from tests.benchmarks.input_peers import libjpeg_frames
from tfrecords_tools import manifest, schema
from tfrecords_tools.base import errors
from tfrecords_tools.base.files import tfrecord

WIDTH, HEIGHT, SECONDS = 340, 256, 8
CLIPS, SCENES, LABELS, FILES, DRAWN = 64, 16, 8, 16, 4096
FORMS = ("shards_256", 256, 64), ("short_256", 256, 16), ("short_128", 128, 16)
# x264's own default: softer than other benchmarks have it, so that a JPEG has
# the 15 to 20 kB of real videos of this size.
OPTIONS = rendered_videos.OPTIONS | {"crf": "23"}


def prepare(work: pathlib.Path, span: int) -> None:
    """Makes all folders below `work`; windows are of clips `span` long.

    Raises:
        UserError: the shards cannot be built; the message says why.
    """
    _once(work / "videos", lambda folder: _videos(work, folder))
    for name, side, chunk in FORMS:
        flags = [f"--media.short_side={side}", f"--shards.chunk_frames={chunk}"]
        _once(
            work / name,
            lambda folder, flags=flags: _shards(work / "videos", folder, flags),
        )
    _once(work / "records", lambda folder: _records(work, folder))
    _once(work / "frames", lambda folder: _frames(work, folder, span))


def _once(target: pathlib.Path, make: Callable[[pathlib.Path], None]) -> None:
    if target.exists():
        return
    unfinished = target.with_suffix(".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    make(unfinished)
    unfinished.rename(target)


def _videos(work: pathlib.Path, folder: pathlib.Path) -> None:
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
        scenes = list(pool.map(_scene, [work] * SCENES, range(SCENES)))
    for number in range(CLIPS):
        path = folder / f"train/label{number % LABELS}/{number:03}.mp4"
        path.parent.mkdir(parents=True, exist_ok=True)
        build_command.link(scenes[number % SCENES], path)


def _scene(work: pathlib.Path, number: int) -> pathlib.Path:
    path = work / f"scenes/{number:03}.mp4"
    size = WIDTH, HEIGHT, SECONDS
    return rendered_videos.write(path, *size, number, options=OPTIONS)


def _shards(
    videos: pathlib.Path, folder: pathlib.Path, flags: list[str]
) -> None:
    workers = os.cpu_count() or 1
    words = build_command.words(videos, folder, workers, *flags)
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode:
        raise errors.UserError(f"{done.args}: {done.stderr[-3000:]}")


def _clips(shards: pathlib.Path) -> Iterator[tuple[str, list[bytes]]]:
    """Name and JPEGs of every clip."""
    found: dict[str, list[bytes]] = {}
    for shard in manifest.read(shards).shards("train"):
        with open(shards / shard.name, "rb") as stream:
            for record in tfrecord.read(stream, shard.size):
                chunk = schema.decode(record.data)
                name = chunk["path"].decode()
                found.setdefault(name, []).extend(chunk["frames"])
    yield from sorted(found.items())


def _records(work: pathlib.Path, folder: pathlib.Path) -> None:
    clips = list(_clips(work / "shards_256"))
    for number in range(FILES):
        with open(folder / f"{number:03}.tfrecord", "wb") as stream:
            for name, jpegs in clips[number::FILES]:
                made = dmvr_peer.record(pathlib.Path(name), SECONDS, jpegs)
                data = made.SerializeToString()
                stream.write(tfrecord.frame(data, google_crc32c.value(data)))


def _frames(work: pathlib.Path, folder: pathlib.Path, span: int) -> None:
    import tensorflow as tf

    from pipelines.augmentations import random_resized_crop

    jpegs = [jpegs for _, jpegs in _clips(work / "shards_256")]
    single_frames.write(folder, jpegs, (HEIGHT, WIDTH))
    draw = random_resized_crop.window(random_resized_crop.Config())
    shape = tf.constant([HEIGHT, WIDTH])
    windows = tf.map_fn(
        lambda number: draw(shape, tf.stack([number, 0])),
        tf.range(DRAWN, dtype=tf.int64),
        fn_output_signature=tf.int32,
    )
    random = np.random.default_rng(0)
    drawn = [
        random.integers(len(jpegs), size=DRAWN),
        random.integers(len(jpegs[0]) - span + 1, size=DRAWN),
    ]
    columns = np.column_stack([*drawn, windows.numpy()])
    np.save(folder / libjpeg_frames.WINDOWS, columns.astype(np.int32))
