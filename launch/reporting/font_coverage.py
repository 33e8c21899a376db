"""The characters of a font file, read from its `cmap` table.

Pillow silently draws a box for a character that a font lacks.
Source: OpenType 1.9, chapters "Font file" and "cmap".
"""

import bisect
import pathlib
import struct
from typing import BinaryIO, NamedTuple

_COLLECTION = b"ttcf"
_SEGMENTS, _GROUPS = 4, 12  # Formats of the table.


class Coverage(NamedTuple):
    """Ranges of characters.

    Attributes:
        firsts: code points, sorted.
        lasts: the ends of the ranges, inclusive.
    """

    firsts: list[int]
    lasts: list[int]

    def __contains__(self, character: object) -> bool:
        code = ord(str(character))
        place = bisect.bisect_right(self.firsts, code) - 1
        return place >= 0 and code <= self.lasts[place]


def read(path: pathlib.Path, index: int = 0) -> Coverage:
    """Reads a TrueType or OpenType font.

    Args:
        path: of a font or a font collection.
        index: of the font in a collection.

    Raises:
        ValueError: the file has no table of a known format.
    """
    with path.open("rb") as stream:
        start = _table(stream, index, b"cmap")
        stream.seek(start)
        _, count = struct.unpack(">HH", stream.read(4))
        rows = struct.iter_unpack(">HHL", stream.read(8 * count))
        tables = {}
        for offset in {offset for _, _, offset in rows}:
            stream.seek(start + offset)
            (kind,) = struct.unpack(">H", stream.read(2))
            tables[kind] = start + offset
        if _GROUPS in tables:
            spans = _of_groups(stream, tables[_GROUPS])
        elif _SEGMENTS in tables:
            spans = _of_segments(stream, tables[_SEGMENTS])
        else:
            raise ValueError(f"{path}: no cmap of format 4 or 12")
    firsts, lasts = zip(*sorted(spans), strict=True)
    return Coverage(list(firsts), list(lasts))


def _table(stream: BinaryIO, index: int, tag: bytes) -> int:
    """The offset of a table of the font."""
    font = 0
    if stream.read(4) == _COLLECTION:
        stream.seek(12 + 4 * index)
        (font,) = struct.unpack(">L", stream.read(4))
    stream.seek(font + 4)
    (count,) = struct.unpack(">H", stream.read(2))
    stream.seek(font + 12)
    rows = struct.iter_unpack(">4sLLL", stream.read(16 * count))
    return next(offset for name, _, offset, _ in rows if name == tag)


def _of_groups(stream: BinaryIO, start: int) -> list[tuple[int, int]]:
    stream.seek(start + 12)
    (count,) = struct.unpack(">L", stream.read(4))
    rows = struct.iter_unpack(">LLL", stream.read(12 * count))
    return [(first, last) for first, last, _ in rows]


def _of_segments(stream: BinaryIO, start: int) -> list[tuple[int, int]]:
    stream.seek(start + 6)
    (twice,) = struct.unpack(">H", stream.read(2))
    stream.seek(start + 14)
    kind = f">{twice // 2}H"
    lasts = struct.unpack(kind, stream.read(twice))
    stream.read(2)
    firsts = struct.unpack(kind, stream.read(twice))
    spans = zip(firsts, lasts, strict=True)
    return [(first, last) for first, last in spans if first != 0xFFFF]
