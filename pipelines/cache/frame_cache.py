"""Caches the decoded, downscaled frames of a split on disk.

A cache has the format of any dataset: the same shards, clips, numbers, times,
labels, audio and words, but frames are raw pixels (storage "raw") in short
records. It is written once, shard by shard. A stopped write is resumed.
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
_VERSION = 1  # Of the contents of a cache; others are written again.


def prepare(
    shards: str | os.PathLike,
    split: str,
    cache: str | os.PathLike,
    short_side: int,
    chunk_frames: int = CHUNK_FRAMES,
) -> pathlib.Path:
    """Writes the cache of a split, unless it exists.

    Removes caches of earlier versions of the same shards.

    Args:
        shards: output of `tfrecords_tools.build_shards`, on any file system
            that TensorFlow supports.
        split: train, validation or test.
        cache: folder for caches of any datasets, on a local disk; created if
            missing.
        short_side: of cached frames, pixels; smaller frames keep their size.
        chunk_frames: maximum number of frames per record.

    Returns:
        A folder for `shard_reader.ShardReader`, with this split only.

    Raises:
        UserError: the shards are damaged or a cache themselves, the split is
            missing, or the disk is too small.
    """
    reader = shard_reader.ShardReader(shards, split, whole=False)
    manifest, cache = reader.manifest, pathlib.Path(cache)
    if manifest.storage == raw_records.STORAGE:
        raise errors.UserError(
            f"{shards} is a cache already: read it with --shards, without "
            "--reader.cache"
        )
    form = raw_shards.Form(short_side, chunk_frames)
    made_from = {
        "shards": _absolute(reader.folder),
        "manifest": _digest(dataclasses.asdict(manifest)),
        "split": split,
        "version": _VERSION,
        **form._asdict(),
    }
    folder = cache / _name(made_from)
    if _is_whole(folder, split):  # The folder may be read-only.
        return folder
    with folder_lock.held_for(folder, "run", wait=True):
        if not _is_whole(folder, split):
            _remove_outdated(cache, made_from)
            raw_folder.write(reader.folder, folder, manifest, made_from, form)
    return folder


def _name(made_from: dict[str, Any]) -> str:
    """Name of a cache: identifies its source, but not the source's path."""
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
        manifest = manifests.read(folder)
        return all(
            (folder / shard.name).stat().st_size == shard.size
            for shard in manifest.shards(split)
        )
    except (errors.UserError, OSError):
        return False


def _remove_outdated(cache: pathlib.Path, made_from: dict[str, Any]) -> None:
    """Removes damaged caches of these shards, and those of old versions."""
    same = ("shards", "split", "short_side")
    for path in cache.glob(f"*/{raw_folder.MADE_FROM}"):
        recorded = json.loads(path.read_text("utf-8"))
        is_resumable = path.parent.suffix == atomic_write.TEMPORARY
        is_resumable &= recorded == made_from
        if (
            all(recorded.get(k) == made_from[k] for k in same)
            and not is_resumable
        ):
            shutil.rmtree(path.parent)
