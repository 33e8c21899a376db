"""Keeps a split's frames decoded and small, so that no epoch decodes them.

A cache is a data set of its own in the ordinary form: the same shards, clips,
numbers, times, labels, audio and words, but frames are bare pixels (storage
"raw") in short records. It is made once, shard by shard, and goes on where it
was stopped.
"""

import dataclasses
import hashlib
import json
import os
import pathlib
import shutil
from typing import Any

from pipelines.cache import raw_folder, raw_records, raw_shards
from pipelines.reading import shard_reader
from tfrecords_tools import manifest as manifests
from tfrecords_tools.base import atomic_write, errors
from tfrecords_tools.base.files import folder_lock

CHUNK_FRAMES = 8
_VERSION = 1  # Of what a cache holds; another one makes it anew.


def ready(
    shards: str | os.PathLike,
    split: str,
    cache: str | os.PathLike,
    short_side: int,
    chunk_frames: int = CHUNK_FRAMES,
) -> pathlib.Path:
    """Makes the cache of a split, unless it is there.

    One that was made from another state of these shards is removed.

    Args:
        shards: output of `tfrecords_tools.build_shards`, of any file
            system that TensorFlow knows.
        split: train, validation or test.
        cache: folder of caches of any data sets, on a disk; it is made.
        short_side: of the frames that are kept, pixels; smaller frames stay
            as they are.
        chunk_frames: frames in a record at most.

    Returns:
        A folder for `shard_reader.ShardReader`, with this split alone.

    Raises:
        UserError: the shards are damaged or a cache themselves, there is no
            such split, or the disk has not enough room.
    """
    reader = shard_reader.ShardReader(shards, split, whole=False)
    about, cache = reader.manifest, pathlib.Path(cache)
    if about.storage == raw_records.STORAGE:
        raise errors.UserError(
            f"{shards} is a cache already: give it as the shards, without "
            "--reader.cache"
        )
    form = raw_shards.Form(short_side, chunk_frames)
    made_from = {
        "shards": _absolute(reader.folder),
        "manifest": _digest(dataclasses.asdict(about)),
        "split": split,
        "version": _VERSION,
        **form._asdict(),
    }
    folder = cache / _name(made_from)
    if _is_whole(folder, split):  # It may be where nobody can write.
        return folder
    with folder_lock.held_for(folder, "run", wait=True):
        if not _is_whole(folder, split):
            _remove_outdated(cache, made_from)
            raw_folder.write(reader.folder, folder, about, made_from, form)
    return folder


def _name(made_from: dict[str, Any]) -> str:
    """Tells what it is made from, but not where that stands."""
    known = {k: v for k, v in made_from.items() if k != "shards"}
    split, short_side = made_from["split"], made_from["short_side"]
    return f"{split}-{short_side}-{_digest(known)[:12]}"


def _digest(values: dict[str, Any]) -> str:
    text = json.dumps(values, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _absolute(folder: str) -> str:
    return folder if "://" in folder else os.path.abspath(folder)


def _is_whole(folder: pathlib.Path, split: str) -> bool:
    try:
        made = manifests.read(folder)
        return all(
            (folder / shard.name).stat().st_size == shard.size
            for shard in made.shards(split)
        )
    except (errors.UserError, OSError):
        return False


def _remove_outdated(cache: pathlib.Path, made_from: dict[str, Any]) -> None:
    """Removes what was made from these shards as they were, or is damaged."""
    same = ("shards", "split", "short_side")
    for path in cache.glob(f"*/{raw_folder.MADE_FROM}"):
        told = json.loads(path.read_text("utf-8"))
        goes_on = path.parent.suffix == atomic_write.TEMPORARY
        goes_on &= told == made_from
        if all(told.get(k) == made_from[k] for k in same) and not goes_on:
            shutil.rmtree(path.parent)
