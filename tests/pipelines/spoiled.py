"""Spoils single records of shards, as disks and failed copies do."""

import pathlib
import shutil
from typing import NamedTuple

import google_crc32c

from tfrecords_tools import manifest, schema
from tfrecords_tools.base.files import shard_index, tfrecord


class Place(NamedTuple):
    """Where a record is."""

    path: pathlib.Path
    offset: int
    length: int


def copied(folder: str | pathlib.Path, to: pathlib.Path) -> pathlib.Path:
    """Shards to spoil."""
    return shutil.copytree(folder, to)


def place(folder: pathlib.Path, clip: int, split: str = "train") -> Place:
    """Of the first record of a clip."""
    for shard in manifest.read(folder).shards(split):
        path = folder / shard.name
        index = shard_index.path_of(path)
        for row in shard_index.read(index, schema.VERSION).tolist():
            if row[0] == clip:
                return Place(path, *row[1:3])
    raise KeyError(clip)


def flip_bit(folder: pathlib.Path, clip: int, split: str = "train") -> Place:
    """Changes one bit in the middle of a clip's first record."""
    found = place(folder, clip, split)
    content = bytearray(found.path.read_bytes())
    content[found.offset + tfrecord.HEADER + found.length // 2] ^= 4
    found.path.write_bytes(content)
    return found


def no_jpeg(folder: pathlib.Path, clip: int, split: str = "train") -> Place:
    """Makes the frames of a record no JPEGs; all checksums are right."""
    found = place(folder, clip, split)
    content = bytearray(found.path.read_bytes())
    start = found.offset + tfrecord.HEADER
    data = content[start : start + found.length]
    data = data.replace(b"\xff\xd8\xff", b"\0\0\0")
    whole = tfrecord.frame(bytes(data), google_crc32c.value(bytes(data)))
    content[found.offset : found.offset + len(whole)] = whole
    found.path.write_bytes(content)
    return found
