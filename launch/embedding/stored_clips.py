"""Lists the clips of shards: where they come from, and their labels.

Reads the first record of each clip; frames are not decoded.
"""

import os
import pathlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from tfrecords_tools import manifest as manifests
from tfrecords_tools import schema
from tfrecords_tools.base import errors
from tfrecords_tools.base.files import shard_index, tfrecord
from tfrecords_tools.checking import census

_CLIP = shard_index.COLUMNS.index("clip")
_FIRST = shard_index.COLUMNS.index("first_frame")


class StoredClip(NamedTuple):
    """One clip.

    Attributes:
        place: where its frames are: split, shard, number, path of the video.
        labels: names of the main label set.
        start_seconds: where it begins in its video.
        end_seconds: where it ends.
        fault: of its first record, with its place. Labels and path are then
            unknown, and the latter is empty.
    """

    place: census.Sample
    labels: tuple[str, ...]
    start_seconds: float
    end_seconds: float
    fault: str = ""

    @property
    def key(self) -> tuple[str, int]:
        """Its split and its number there."""
        return self.place.split, self.place.number


def list_clips(
    folder: str | os.PathLike,
    manifest: manifests.Manifest,
    split: str,
    names: tuple[str, ...] | None = None,
) -> Iterator[StoredClip]:
    """Yields the clips of a split, shard by shard.

    Args:
        folder: of the shards, on a local file system.
        manifest: of the folder.
        split: train, validation or test.
        names: of the shards to list; None for all.

    Raises:
        UserError: an index is damaged.
    """
    for shard in manifest.shards(split):
        if shard.clips and (names is None or shard.name in names):
            path = pathlib.Path(folder) / shard.name
            yield from _clips_of(path, manifest, split)


def find(
    folder: str | os.PathLike,
    manifest: manifests.Manifest,
    split: str,
    number: int,
) -> StoredClip:
    """The clip of that number.

    Raises:
        UserError: there is none, or it is damaged.
    """
    for shard in manifest.shards(split):
        path = pathlib.Path(folder) / shard.name
        index = shard_index.path_of(path)
        rows = shard_index.read(index, manifest.schema_version)
        if number in rows[:, _CLIP]:
            clip = next(_clips_of(path, manifest, split, number))
            if clip.fault:
                raise errors.UserError(clip.fault)
            return clip
    raise errors.UserError(f"no clip {number} in the split {split} of {folder}")


def _clips_of(
    path: pathlib.Path,
    manifest: manifests.Manifest,
    split: str,
    number: int | None = None,
) -> Iterator[StoredClip]:
    """The clips of one shard, or that of one number."""
    rows = shard_index.read(shard_index.path_of(path), manifest.schema_version)
    size = path.stat().st_size
    with open(path, "rb") as stream:
        is_first = rows[:, _FIRST] == 0
        if number is not None:
            is_first &= rows[:, _CLIP] == number
        for first in np.flatnonzero(is_first).tolist():
            offset = int(rows[first, shard_index.COLUMNS.index("offset")])
            record = next(tfrecord.read(stream, size, offset), None)
            if record is None or record.fault:
                fault = record.fault if record else "the record is missing"
                yield StoredClip(
                    census.sample(split, path.name, "", rows, first),
                    (),
                    0.0,
                    0.0,
                    f"{path} at byte {offset}: {fault}; run "
                    "tfrecords_tools.check_shards",
                )
            else:
                values = schema.decode(record.data, manifest.contents, True)
                yield _decoded(values, split, path.name, rows, first)


def _decoded(
    values: dict[str, Any], split: str, shard: str, rows: np.ndarray, first: int
) -> StoredClip:
    video = os.fsdecode(values["path"])
    place = census.sample(split, shard, video, rows, first)
    labels = tuple(os.fsdecode(each) for each in values["labels"])
    start = values["start_time"] / 1e6
    return StoredClip(place, labels, start, start + place.seconds)
