"""Reads text files written by people, line by line, with origins.

Faults are collected and reported together: `labels.csv:12: fault`.
"""

import codecs
import csv
import os
import pathlib
import re
from collections.abc import Iterator
from typing import NamedTuple

from tfrecords_tools.base import errors
from tfrecords_tools.base.text import names, printable

_PLACE = re.compile(r"(.*?):(\d+): ")
_SIXTEEN_BITS = (b"\xff\xfe", b"\xfe\xff")


class Line(NamedTuple):
    """A line without its end, and its origin, `classInd.txt:3`."""

    text: str
    origin: str


def read_lines(
    path: str | os.PathLike,
    faults: list[str],
    encoding: str = "utf-8",
    name: str = "",
) -> list[Line]:
    """Reads a text file; skips empty lines.

    Args:
        path: the file, with or without a byte order mark; any line ends.
        faults: receives a message if the file or a line is unreadable.
        encoding: character encoding.
        name: of the file in origins; by default its own name.

    Returns:
        The readable lines, in order.
    """
    name = name or pathlib.Path(path).name
    try:
        data = pathlib.Path(path).read_bytes()
    except OSError as error:
        faults.append(f"{path}: {error.strerror}")
        return []
    shown_encoding = encoding.upper()
    if codecs.lookup(encoding).name == "utf-8":
        encoding = "utf-8-sig"
        if data.startswith(_SIXTEEN_BITS):
            faults.append(f"{path} is UTF-16: save it as UTF-8")
            return []
    try:
        whole = data.decode(encoding)
        texts = whole.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    except UnicodeDecodeError:
        texts = [_decoded(line, encoding) for line in data.splitlines()]
    found = []
    for number, text in enumerate(texts, start=1):
        if text is None:
            faults.append(f"{name}:{number}: not {shown_encoding}")
        elif text.strip():
            found.append(Line(text, f"{name}:{number}"))
    return found


def read_rows(
    path: str | os.PathLike, faults: list[str]
) -> Iterator[tuple[list[str], str]]:
    """Reads a CSV file row by row; skips empty rows.

    Args:
        path: the file; UTF-8, with or without a byte order mark.
        faults: receives a message for each unreadable row.

    Yields:
        The cells of a row, and its origin, `labels.csv:12`.

    Raises:
        UserError: the file cannot be opened.
    """
    name = pathlib.Path(path).name
    try:
        _refuse_sixteen_bits(path)
        # An invalid UTF-8 byte becomes a lone surrogate.
        with open(
            path, newline="", encoding="utf-8-sig", errors="surrogateescape"
        ) as stream:
            rows = csv.reader(stream, strict=True)
            first, cells = 1, None
            while True:
                try:
                    cells = next(rows, None)
                except csv.Error as error:
                    faults.append(f"{name}:{first}: {_explained(error)}")
                    cells = []
                if cells is None:
                    return
                place, first = f"{name}:{first}", rows.line_num + 1
                if not any(map(str.strip, cells)):
                    continue
                if printable.is_unicode("".join(cells)):
                    yield cells, place
                else:
                    faults.append(f"{place}: not UTF-8: save the file as UTF-8")
    except OSError as error:
        raise errors.UserError(
            f"{path}: {error.strerror}; wanted a CSV file"
        ) from error


def read_labels(path: str | os.PathLike, faults: list[str]) -> dict[str, str]:
    """Reads a list of labels, one per line; maps them to their origins.

    Normalizes labels like those of clips: see `names.normalized`.
    """
    found: dict[str, str] = {}
    for line in read_lines(path, faults):
        label = names.normalized(line.text.strip().strip('"'))
        if not label:
            faults.append(f"{line.origin}: no visible character: remove it")
            continue
        if label in found:
            faults.append(
                f"{line.origin}: {printable.quoted(label)} is also at "
                f"{found[label]}: remove one"
            )
        found.setdefault(label, line.origin)
    return found


def fitted(cells: list[str], count: int) -> list[str]:
    """Returns the cells of a row without empty ones after column `count`."""
    if len(cells) > count and not any(map(str.strip, cells[count:])):
        return cells[:count]
    return cells


def raise_all(faults: list[str]) -> None:
    """Raises UserError with all faults, in the order of lines."""
    if faults:
        raise errors.UserError("\n".join(sorted(faults, key=place_of)))


def place_of(fault: str) -> tuple[str, int]:
    """Returns file and line of a fault, as a sort key."""
    found = _PLACE.match(fault)
    return (found[1], int(found[2])) if found else ("", 0)


def _decoded(line: bytes, encoding: str) -> str | None:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        return None


def _refuse_sixteen_bits(path: str | os.PathLike) -> None:
    with open(path, "rb") as stream:
        if stream.read(2) in _SIXTEEN_BITS:
            raise errors.UserError(f"{path} is UTF-16: save it as UTF-8")


def _explained(error: csv.Error) -> str:
    if "unexpected end" in str(error):
        return (
            'a quote (") opens here and never closes, so the lines below '
            "are unreadable: close it"
        )
    return str(error)
