"""A table of clips: one row a clip, columns named in the first line.

Only the path is needed; every other column may be missing.
"""

import csv
import dataclasses
import pathlib

from tfrecords_tools import annotations
from tfrecords_tools.base import errors, registry, settings

SECTION = "columns"
_TASK = "label."


@dataclasses.dataclass(frozen=True)
class Config:
    """The name of each column in the file.

    A column `label.<task>` is always read as a further label set.
    """

    path: str = settings.setting(
        "path", "Column of the video's path, relative to the video root."
    )
    label: str = settings.setting(
        "label", "Column of the label; a|b means both."
    )
    split: str = settings.setting(
        "split", "Column of train, validation or test; empty is drawn."
    )
    group: str = settings.setting(
        "group", "Column of what must never stand in two splits."
    )
    start_seconds: str = settings.setting(
        "start_seconds", "Column of the span's start, seconds."
    )
    end_seconds: str = settings.setting(
        "end_seconds", "Column of the span's end, seconds, exclusive."
    )
    caption: str = settings.setting("caption", "Column of a sentence.")
    ignore: tuple[str, ...] = settings.setting((), "Columns to pass over.")


def list_clips(config: Config, input: str) -> list[annotations.Clip]:
    """Reads the table.

    Args:
        config: which column is what.
        input: the CSV file; UTF-8, with or without a byte order mark.

    Returns:
        Clips in the order of the rows.

    Raises:
        UserError: the file cannot be read, a column is missing or unknown,
            or rows are faulty; all rows are named.
    """
    path = pathlib.Path(input)
    try:
        with open(path, newline="", encoding="utf-8-sig") as stream:
            return _read(config, path.name, csv.reader(stream, strict=True))
    except OSError as error:
        raise errors.UserError(
            f"--input={input}: {error.strerror}; wanted a CSV file"
        ) from error
    except UnicodeDecodeError as error:
        raise errors.UserError(
            f"{input} is not UTF-8 ({error.reason} at byte {error.start}): "
            "save it as UTF-8"
        ) from error


def _read(config: Config, name: str, rows: "csv._reader") -> list:
    clips, faults = [], []
    try:
        header = [column.strip() for column in next(rows, [])]
        fields = _fields(config, name, header)
        for cells in rows:
            if not any(cell.strip() for cell in cells):
                continue
            origin = f"{name}:{rows.line_num}"
            try:
                clips.append(_clip(fields, cells, origin))
            except ValueError as error:
                faults.append(f"{origin}: {error}")
    except csv.Error as error:
        faults.append(f"{name}:{rows.line_num}: {error}")
    if faults:
        faults += annotations.faults(clips)
        raise errors.UserError("\n".join(faults))
    return clips


def _fields(config: Config, name: str, header: list[str]) -> list[str]:
    """The field that each column fills."""
    named = {
        column: field
        for field, column in dataclasses.asdict(config).items()
        if field != "ignore"
    }
    found = f"{name} has the columns {', '.join(header) or '(none)'}"
    default = Config()
    for column, field in named.items():
        given = getattr(default, field) != column or field == "path"
        if given and column not in header:
            raise errors.UserError(
                f"{found}; there is no {column!r}: say which one holds the "
                f"{field} with --columns.{field}=NAME"
            )
    for column in header:
        known = column in named or column in config.ignore
        if not known and not column.startswith(_TASK):
            near = registry.nearest(column, list(named))
            raise errors.UserError(
                f"{found}; {column!r} is unknown{near}: say what it holds, "
                f"as in --columns.group={column}, or pass over it with "
                f"--columns.ignore={column}"
            )
    if len(set(header)) < len(header):
        raise errors.UserError(f"{found}; one stands there twice")
    return [
        "" if column in config.ignore else named.get(column, column)
        for column in header
    ]


def _clip(fields: list[str], cells: list[str], origin: str) -> annotations.Clip:
    if len(cells) != len(fields):
        raise ValueError(f"{len(cells)} cells, wanted {len(fields)}")
    values = {
        field: cell.strip()
        for field, cell in zip(fields, cells, strict=True)
        if field
    }
    tasks = {
        field.removeprefix(_TASK): values.pop(field)
        for field in fields
        if field.startswith(_TASK)
    }
    for field in ("start_seconds", "end_seconds"):
        values[field] = _seconds(field, values.get(field, ""))
    values["path"] = values["path"].replace("\\", "/")
    return annotations.Clip(**values, tasks=tasks, origin=origin)


def _seconds(field: str, text: str) -> float | None:
    try:
        return float(text) if text else None
    except ValueError as error:
        raise ValueError(f"{field} {text!r} is not a number") from error
