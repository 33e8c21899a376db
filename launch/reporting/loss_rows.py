"""Reads the rows of `losses.csv` that a resumed run keeps."""

import csv
from typing import NamedTuple


class Rows(NamedTuple):
    """The kept rows.

    Attributes:
        lines: the header and one line per step, ascending; empty if no step
            is kept.
        repeated: number of repeated headers and steps.
    """

    lines: list[str]
    repeated: int


def kept(text: str, start_step: int) -> Rows:
    """Returns the lines of the steps before `start_step`.

    Earlier versions let two runs write into one folder, which left two headers
    and repeated steps: the first line of each is kept. A truncated line is
    dropped.
    """
    header, *lines = text.split("\n")
    columns = _columns(header)
    rows: dict[int, str] = {}
    repeated = 0
    for line in lines:
        step = line.partition(",")[0]
        if line == header or step == "step":
            repeated += 1
        elif _columns(line) == columns and step.isdecimal():
            if int(step) >= start_step:
                continue
            repeated += int(step) in rows
            rows.setdefault(int(step), line)
    ordered = [rows[step] for step in sorted(rows)]
    return Rows([header, *ordered] if ordered else [], repeated)


def _columns(line: str) -> int:
    try:
        return len(next(csv.reader([line]), ()))
    except csv.Error:  # Python 3.10 refuses NUL.
        return 0
