"""The index beside a shard: position and span of each chunk.

It gives random access into a plain TFRecord file. A little-endian header is
followed by fixed-width rows, one per chunk, in file order.
"""

import os
import pathlib
import struct

import google_crc32c
import numpy as np

from tfrecords_tools.base import atomic_write, errors

COLUMNS = (
    "clip",  # number of the clip within its split
    "offset",  # of the record in the shard, bytes
    "length",  # of the record's data, bytes
    "crc",  # crc32c of the record's data
    "first_frame",  # of the chunk, counted within the clip
    "frames",  # in the chunk; 0 where it only continues audio
    "start_time",  # of the first frame, microseconds from the video's start
    "end_time",  # end of the last frame, or of that audio, microseconds
)
MAGIC = b"CLIPIDX\0"
_HEADER = struct.Struct("<8sIIQII")  # magic, version, columns, rows, 2 CRCs
HEADER_BYTES = _HEADER.size


def path_of(shard: str | os.PathLike) -> pathlib.Path:
    """`train-00000-of-00004.index` for `train-00000-of-00004.tfrecord`."""
    return pathlib.Path(shard).with_suffix(".index")


def write(path: str | os.PathLike, rows: np.ndarray, version: int) -> None:
    """Writes int64 `rows` [chunks, len(COLUMNS)] whole or not at all."""
    rows = np.ascontiguousarray(rows, "<i8").reshape(-1, len(COLUMNS))
    data = rows.tobytes()
    fields = (MAGIC, version, len(COLUMNS), len(rows))
    fields += (google_crc32c.value(data),)
    head = _HEADER.pack(*fields, 0)
    head = _HEADER.pack(*fields, google_crc32c.value(head))
    with atomic_write.file(path) as stream:
        stream.write(head + data)


def beginning(version: int) -> bytes:
    """Returns the first 16 bytes of every index of that version."""
    return MAGIC + struct.pack("<II", version, len(COLUMNS))


def read(path: str | os.PathLike, version: int) -> np.ndarray:
    """Reads and checks an index.

    Args:
        path: the index file.
        version: expected schema version.

    Returns:
        int64 [chunks, len(COLUMNS)].

    Raises:
        UserError: missing, cut, changed, or of another version.
    """
    try:
        content = pathlib.Path(path).read_bytes()
    except OSError as error:
        raise errors.UserError(
            f"cannot read index {path}: {error.strerror}; build the shards "
            "again"
        ) from error
    return decode(path, content, version)


def decode(path: str | os.PathLike, content: bytes, version: int) -> np.ndarray:
    """Same as `read`, given the content."""
    if len(content) < _HEADER.size or content[:8] != MAGIC:
        raise errors.UserError(
            f"{path} is not a shard index: build the shards again"
        )
    fields = _HEADER.unpack(content[: _HEADER.size])
    _, found, columns, rows, crc, head_crc = fields
    if found != version:
        raise errors.UserError(
            f"{path} has schema version {found}, this program reads "
            f"{version}: build the shards again"
        )
    data = content[_HEADER.size :]
    head = _HEADER.pack(*fields[:-1], 0)
    whole = columns == len(COLUMNS) and len(data) == rows * columns * 8
    if not (
        whole
        and google_crc32c.value(head) == head_crc
        and google_crc32c.value(data) == crc
    ):
        raise errors.UserError(
            f"{path} is damaged (wrong checksum): build the shards again"
        )
    return np.frombuffer(data, "<i8").reshape(rows, columns)
