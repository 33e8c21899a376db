"""Embeds the clips of shards, chunk by chunk."""

import os
from collections.abc import Callable
from typing import Any

import numpy as np

from launch.embedding import index_chunks, shard_features, stored_clips
from tfrecords_tools import manifest as manifests

_MOST_CLIPS = 500  # Of a chunk, if it has several shards.


def plan(
    manifest: manifests.Manifest, splits: tuple[str, ...], recipe: Any
) -> list[index_chunks.Chunk]:
    """Divides the shards of some splits into chunks, in their order.

    Args:
        manifest: of the shards.
        splits: in the order of the rows.
        recipe: JSON values that the rows depend on, besides the shards.
    """
    groups: list[tuple[str, list[manifests.Shard]]] = []
    for split in splits:
        count = _MOST_CLIPS
        for shard in manifest.shards(split):
            if not shard.clips:
                continue
            if count + shard.clips > _MOST_CLIPS:
                groups.append((split, []))
                count = 0
            groups[-1][1].append(shard)
            count += shard.clips
    return [
        index_chunks.Chunk(
            number,
            tuple(shard.name for shard in shards),
            index_chunks.digest([recipe, split, [s.sha256 for s in shards]]),
            split,
        )
        for number, (split, shards) in enumerate(groups)
    ]


def embed(
    encoder: shard_features.Encoder,
    folder: str | os.PathLike,
    chunk: index_chunks.Chunk,
    check: Callable[[], None] = lambda: None,
) -> index_chunks.Rows:
    """Embeds the clips of a chunk's shards.

    Returns:
        A row a clip; a clip that cannot be read has none, and an `error`.

    Raises:
        UserError: shards are missing or damaged.
    """
    manifest = manifests.read(folder)
    features = shard_features.compute(
        encoder, folder, chunk.split, chunk.items, lambda _: check()
    )
    rows = dict(zip(features.clip_ids.tolist(), features.values, strict=True))
    videos, seconds, values = [], [], []
    for clip in stored_clips.list_clips(
        folder, manifest, chunk.split, chunk.items
    ):
        row = rows.get(clip.place.number)
        video = {
            "path": clip.place.path,
            "windows": int(row is not None),
            "labels": list(clip.labels),
            "split": clip.place.split,
            "clip": clip.place.number,
        }
        if row is None:
            name = f"clip {clip.place.number} of the split {chunk.split}"
            fault = clip.fault or (
                f"a record of {clip.place.path} in {clip.place.shard} cannot "
                "be read; run tfrecords_tools.check_shards"
            )
            video["error"] = f"{name}: {fault}"
        else:
            seconds.append((clip.start_seconds, clip.end_seconds))
            values.append(row)
        videos.append(video)
    size = features.values.shape[1]
    return index_chunks.Rows(
        videos,
        np.array(seconds, float).reshape(-1, 2),
        np.array(values, np.float32).reshape(-1, size),
    )
