"""Reads the rows of `losses.csv` that a run can build on."""

import csv
from typing import NamedTuple


class Rows(NamedTuple):
    """What is kept.

    Attributes:
        lines: the header and a line a step, ascending; empty where no step
            is kept.
        repeated: lines of a second header, or of a step that has one already.
    """

    lines: list[str]
    repeated: int


def kept(text: str, start_step: int) -> Rows:
    """The lines of the steps before `start_step`.

    Two runs that wrote into one folder at once, as earlier versions allowed,
    left two headers and steps written twice: the first line of each is kept.
    A line that a kill has cut is not.
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
