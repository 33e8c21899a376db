"""Detects truncated mp4 and mov files by their top-level boxes."""

import os
import struct

_FIRST = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")


def is_cut(path: str | os.PathLike) -> bool:
    """Whether a box exceeds the end of the file, or the index is missing.

    Returns False for any other format.
    """
    size, place, kinds = os.path.getsize(path), 0, []
    with open(path, "rb") as stream:
        while place + 8 <= size:
            stream.seek(place)
            length, kind = struct.unpack(">I4s", stream.read(8))
            if not kinds and kind not in _FIRST:
                return False
            if length == 1:
                length = int.from_bytes(stream.read(8), "big")
            kinds.append(kind)
            if length == 0:  # This box runs to the end.
                break
            if length < 8:
                return True
            place += length
    return bool(kinds) and (place > size or b"moov" not in kinds)
