"""Writes the cached shards of a split into a folder that appears when complete.

A stopped run leaves its finished shards in a folder with a temporary name,
each beside a note. The next run resumes from there.
"""

import dataclasses
import json
import os
import pathlib
import shutil
from collections.abc import Sequence
from typing import Any

from pipelines.cache import raw_records, raw_shards
from tfrecords_tools import manifest as manifests
from tfrecords_tools.base import atomic_write, errors, progress

MADE_FROM = "made_from.json"
_NOTE = ".done"


def write(
    shards: str,
    folder: pathlib.Path,
    manifest: manifests.Manifest,
    made_from: dict[str, Any],
    form: raw_shards.Form,
) -> None:
    """Writes missing shards, then renames the folder.

    Args:
        shards: folder to read.
        folder: folder to write.
        manifest: of `shards`.
        made_from: description of the source, written beside the shards and
            into the new manifest; its `split` selects the shards.
        form: how to store frames.

    Raises:
        UserError: a shard is damaged, or the disk is too small.
    """
    planned = manifest.shards(made_from["split"])
    partial = folder.with_name(f"{folder.name}{atomic_write.TEMPORARY}")
    with atomic_write.file(partial / MADE_FROM, "w") as stream:
        json.dump(made_from, stream)
    missing = [s for s in planned if _finished(partial, s.name) is None]
    _check_room(shards, partial, manifest, missing, form)
    done = sum(shard.frames for shard in planned if shard not in missing)
    total = sum(shard.frames for shard in planned)
    with progress.bar(f"caching {total:,} frames", total) as tell:

        def count(frames: int) -> None:
            nonlocal done
            done += frames
            tell(done)

        for shard in missing:
            paths = f"{shards}/{shard.name}", partial / shard.name
            entry = raw_shards.write(*paths, manifest, form, count)
            with atomic_write.file(_note(partial, shard.name), "w") as stream:
                json.dump(dataclasses.asdict(entry), stream)
    entries = tuple(_finished(partial, shard.name) for shard in planned)
    manifests.write(partial, _manifest(manifest, entries, made_from))
    with atomic_write.explained(folder):
        os.rename(partial, folder)
        atomic_write.sync_folder(folder.parent)
        for shard in planned:
            _note(folder, shard.name).unlink()


def _note(folder: pathlib.Path, shard: str) -> pathlib.Path:
    return folder / f"{shard}{_NOTE}"


def _finished(folder: pathlib.Path, shard: str) -> manifests.Shard | None:
    """Manifest entry of a finished shard, else None."""
    try:
        entry = json.loads(_note(folder, shard).read_text("utf-8"))
    except FileNotFoundError:
        return None
    return manifests.Shard(**entry)


def _check_room(
    shards: str,
    partial: pathlib.Path,
    manifest: manifests.Manifest,
    missing: Sequence[manifests.Shard],
    form: raw_shards.Form,
) -> None:
    """Raises UserError if the disk is too small for the missing shards."""
    needed = sum(
        raw_shards.expected_bytes(
            f"{shards}/{shard.name}", shard, manifest, form
        )
        for shard in missing
    )
    free = shutil.disk_usage(partial).free
    if needed > free:
        raise errors.UserError(
            f"the frames at a short side of {form.short_side} pixels need "
            f"{needed / 1e9:.2f} GB, {partial.parent} has {free / 1e9:.2f} GB "
            "free: free some space, choose another --reader.cache, or lower "
            "--reader.cache_short_side"
        )


def _manifest(
    manifest: manifests.Manifest,
    entries: tuple[manifests.Shard, ...],
    made_from: dict[str, Any],
) -> manifests.Manifest:
    split = made_from["split"]
    counts = manifest.label_counts
    return dataclasses.replace(
        manifest,
        splits={split: entries},
        label_counts=_only(split, counts),
        task_counts={
            k: _only(split, v) for k, v in manifest.task_counts.items()
        },
        unlabelled={k: _only(split, v) for k, v in manifest.unlabelled.items()},
        storage=raw_records.STORAGE,
        key_every=1,
        settings={**manifest.settings, "cache": made_from},
    )


def _only(split: str, counts: dict[str, Any]) -> dict[str, Any]:
    return {split: counts[split]} if split in counts else {}
