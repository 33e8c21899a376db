"""Reads and writes the framing of TFRecord files without TensorFlow.

length (uint64), masked crc32c of it, data, masked crc32c of the data.
"""

import struct
from collections.abc import Iterator
from typing import IO, NamedTuple

import google_crc32c

HEADER = 12
FOOTER = 4


class Record(NamedTuple):
    """One record, or a damaged one.

    Attributes:
        offset: of the frame in the file, bytes.
        data: the record; empty where its length is damaged.
        crc: plain crc32c of the data.
        fault: description of the damage; empty if intact.
    """

    offset: int
    data: bytes
    crc: int
    fault: str = ""


def mask(crc: int) -> int:
    """Returns the checksum as TensorFlow stores it."""
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def frame(data: bytes, crc: int) -> bytes:
    """Returns `data`, whose plain crc32c is `crc`, with its framing."""
    length = struct.pack("<Q", len(data))
    head = struct.pack("<I", mask(google_crc32c.value(length)))
    return b"".join((length, head, data, struct.pack("<I", mask(crc))))


def read(stream: IO[bytes], size: int, start: int = 0) -> Iterator[Record]:
    """Reads records one by one; stops after one whose length is damaged.

    Args:
        stream: an open TFRecord file.
        size: of that file, bytes.
        start: offset of the first record to read, bytes.
    """
    offset = start
    while offset < size:
        stream.seek(offset)
        head = stream.read(HEADER)
        if len(head) < HEADER:
            yield Record(offset, b"", 0, "the file ends inside a record")
            return
        length, crc = struct.unpack("<QI", head)
        if mask(google_crc32c.value(head[:8])) != crc:
            yield Record(offset, b"", 0, "checksum of the length is wrong")
            return
        if offset + HEADER + length + FOOTER > size:
            yield Record(offset, b"", 0, "the file ends inside a record")
            return
        data = stream.read(length)
        computed = google_crc32c.value(data)
        (stated,) = struct.unpack("<I", stream.read(FOOTER))
        fault = "" if mask(computed) == stated else "checksum is wrong"
        yield Record(offset, data, computed, fault)
        offset += HEADER + length + FOOTER
