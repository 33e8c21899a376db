"""Reads annotation CSVs of Kinetics, of any release.

sources/kinetics.py finds the videos.
"""

import dataclasses
import os
import pathlib
import re
from collections.abc import Iterator

from tfrecords_tools import annotations
from tfrecords_tools.base import errors
from tfrecords_tools.base.text import names, printable
from tfrecords_tools.source_parsing import annotation_text

_COLUMNS = {
    "label": "label",
    "class_label": "label",
    "youtube_id": "id",
    "youtube_identifier": "id",
    "time_start": "start",
    "start_time": "start",
    "time_end": "end",
    "end_time": "end",
    "split": "split",
}
_SPLIT_IN_NAME = re.compile(
    r"(?<![a-z])(train|validate|validation|valid|val|test)(?![a-z])"
)


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One annotated span.

    Attributes:
        label: the class; empty if unknown.
        id: of the video on YouTube.
        start: seconds from the video's start.
        end: the same, exclusive.
        split: train, validation or test; empty: to be drawn.
        origin: file and line of the row, `train.csv:12`.
    """

    label: str
    id: str
    start: float
    end: float
    split: str
    origin: str


def read(path: str | os.PathLike, faults: list[str]) -> Iterator[Row]:
    """Reads one CSV.

    Args:
        path: the file; without a column `split`, its name tells the split.
        faults: receives a message for each unreadable row.

    Yields:
        The readable rows.
    """
    table = annotation_text.read_rows(path, faults)
    header, place = next(table, ([], f"{path}:1"))
    names = [_COLUMNS.get(plain(cell).replace(" ", "_")) for cell in header]
    for heading in ("id", "start", "end"):
        if names.count(heading) != 1:
            faults.append(
                f"{place}: columns {', '.join(header) or '(none)'}: wanted "
                "youtube_id, time_start and time_end, each once"
            )
            return
    split = split_in_name(path)
    named = "".join("x" if cell.strip() else " " for cell in header).rstrip()
    nameless = len(header) - len(named)  # Rows may omit those at the end.
    for cells, origin in table:
        cells = annotation_text.fitted(cells, len(header))
        cells += [""] * min(len(header) - len(cells), nameless)
        if len(cells) != len(header):
            faults.append(f"{origin}: {len(cells)} cells, wanted {len(header)}")
            continue
        values = dict(zip(names, map(str.strip, cells), strict=True))
        try:
            yield _row(values, split, origin)
        except ValueError as error:
            faults.append(f"{origin}: {error}")


def _row(values: dict[str | None, str], split: str, origin: str) -> Row:
    wrong, times = [], []
    for name in ("start", "end"):
        try:
            times.append(float(values[name]))
        except ValueError:
            wrong.append(f"time_{name} {values[name]!r} is not a number")
    if not wrong and not 0 <= times[0] < times[1] < float("inf"):
        wrong.append(f"time_end {times[1]:g} is not after {times[0]:g}")
    if not values["id"]:
        wrong.append("youtube_id is empty")
    split = values.get("split") or split
    # "holdout test" is a test split; an empty split is drawn.
    name = annotations.canonical_split(split.split()[-1]) if split else ""
    if name is None:
        wrong.append(f"split {split!r}: wanted train, validate or test")
    if wrong:
        raise ValueError("; ".join(wrong))
    label = annotations.stored_label(values.get("label", ""))
    return Row(label, values["id"], *times, name, origin)


def split_in_name(path: str | os.PathLike) -> str:
    """Returns `val` for `kinetics-600_val.csv`; empty without a split."""
    found = _SPLIT_IN_NAME.search(pathlib.Path(path).stem.lower())
    return found[1] if found else ""


def plain(label: str) -> str:
    """Normalizes a class: `air drumming` for `Air_Drumming`."""
    bare = names.normalized(label.strip().strip('"'))
    return names.normalized(bare.replace("_", " ").casefold())


def keep(rows: list[Row], path: str, faults: list[str]) -> list[Row]:
    """Keeps the rows of the classes that the file `path` lists.

    A listed class that no row has is a fault.
    """
    listed = annotation_text.read_labels(path, faults)
    by_name = {plain(label): label for label in listed}
    known = {plain(row.label): row.label for row in rows}
    for name, label in by_name.items():
        if name not in known:
            near = errors.nearest(name, list(known))
            faults.append(
                f"{listed[label]}: no row has {printable.quoted(label)}{near}"
            )
    return [row for row in rows if row.label and plain(row.label) in by_name]
