"""A table of clips: one row per clip, column names in the first line.

Only the path is required; every other column is optional.
"""

import collections
import dataclasses

from tfrecords_tools import annotation_checks, annotations
from tfrecords_tools.base import errors, settings
from tfrecords_tools.base.text import names, printable
from tfrecords_tools.source_parsing import annotation_text, json_texts

SECTION = "columns"
_TASK = "label."
_PASSED_OVER, _NAMELESS = "-", ""
_NO_TASKS: dict[str, str] = {}


@dataclasses.dataclass(frozen=True)
class Config:
    """Names of the columns.

    A column `label.<task>` is always read as a further label set; task names
    are normalized like labels. A nameless column, as spreadsheets write them,
    must be empty; the first column may number the rows, as pandas does.
    """

    path: str = settings.setting(
        "path", "Column with the path of the video, relative to the video root."
    )
    label: str = settings.setting(
        "label", "Column with the label; a|b means both."
    )
    split: str = settings.setting(
        "split", "Column with train, validation or test; empty cells are drawn."
    )
    group: str = settings.setting(
        "group", "Column with the group; a group never spans two splits."
    )
    start_seconds: str = settings.setting(
        "start_seconds", "Column with the start of the span, seconds."
    )
    end_seconds: str = settings.setting(
        "end_seconds", "Column with the end of the span, seconds, exclusive."
    )
    caption: str = settings.setting("caption", "Column with a caption.")
    captions: str = settings.setting(
        "captions",
        'Column with several captions, a JSON list: ["a dog", "it runs"], or '
        '[{"text": "a dog", "start_seconds": 0, "end_seconds": 2.5}].',
    )
    question: str = settings.setting(
        "question", "Column with a question, or a JSON list of some."
    )
    answer: str = settings.setting(
        "answer", "Column with its answer, or a JSON list of as many."
    )
    ignore: tuple[str, ...] = settings.setting((), "Columns to ignore.")
    label_list: str | None = settings.setting(
        None,
        "File with the allowed labels, one per line; any other label is an "
        "error. Unset: every label is allowed.",
    )


_COLUMNS = tuple(
    field.name
    for field in dataclasses.fields(Config)
    if field.name not in ("ignore", "label_list")
)


def list_clips(config: Config, input: str) -> list[annotations.Clip]:
    """Reads the table.

    Args:
        config: names of the columns.
        input: the CSV file; UTF-8, with or without a byte order mark.

    Returns:
        Clips in the order of the rows.

    Raises:
        UserError: the file is unreadable, a column is missing or unknown, or
            rows are faulty; lists all of them.
    """
    faults: list[str] = []
    allowed = None
    if config.label_list:
        allowed = set(annotation_text.read_labels(config.label_list, faults))
    rows = annotation_text.read_rows(input, faults)
    header, line = next(rows, ([], ""))
    if not header:
        faults.append(f"{input}: no line has column names")
        annotation_text.raise_all(faults)
    fields = _fields(config, line, header)
    reader = _RowReader(fields, allowed)
    clips = [reader.clip(cells, origin, faults) for cells, origin in rows]
    if faults:
        known = [clip for clip in clips if clip is not None]
        raise annotation_checks.FaultyRows(faults, known)
    return clips


def _fields(config: Config, line: str, header: list[str]) -> list[str]:
    """Returns the field of each column in the first line.

    `_PASSED_OVER` for an ignored column, `_NAMELESS` for one without a name.
    """
    header = [_normalized(column.strip()) for column in header]
    named = {_column(config, field): field for field in _COLUMNS}
    ignored = [_NAMELESS, *map(_normalized, config.ignore)]
    shown = [column for column in header if column]
    wrong = [
        *_missing(config, header),
        *_unknown(header, named, ignored),
        *_unnamed_tasks(header, named, ignored),
        *(
            f"{printable.quoted(column)} stands there twice: "
            "rename or remove one"
            for column, count in collections.Counter(shown).items()
            if count > 1
        ),
    ]
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        wrong = ["cells are to be parted by commas"]
    if wrong:
        columns = ", ".join(map(printable.name, shown))
        raise errors.UserError(
            f"{line}: the table has the columns {columns}; {'; '.join(wrong)}"
        )
    passed_over = dict.fromkeys(ignored, _PASSED_OVER)
    known = named | passed_over | {_NAMELESS: _NAMELESS}
    return [known.get(column, column) for column in header]


def _column(config: Config, field: str) -> str:
    return _normalized(getattr(config, field))


def _normalized(column: str) -> str:
    """Normalizes the name of a column, and of a task within it."""
    column = names.normalized(column)
    if not column.startswith(_TASK):
        return column
    return _TASK + names.normalized(column.removeprefix(_TASK))


def _missing(config: Config, header: list[str]) -> list[str]:
    default = Config()
    wrong = []
    for field in _COLUMNS:
        column = _column(config, field)
        given = getattr(default, field) != column or field == "path"
        if given and column not in header:
            wrong.append(
                f"there is no {column!r}: set the column of the {field} "
                f"with --columns.{field}=NAME"
            )
    if config.label_list and _column(config, "label") not in header:
        wrong.append(
            f"there is no {config.label!r} for --columns.label_list to check"
        )
    return wrong


def _unknown(
    header: list[str], named: dict[str, str], ignored: list[str]
) -> list[str]:
    return [
        f"{printable.quoted(column)} is unknown"
        f"{errors.nearest(column, list(named))}: set "
        f"its meaning, as in --columns.group={column}, or ignore it "
        f"with --columns.ignore={column}"
        for column in header
        if column not in named
        and column not in ignored
        and not column.startswith(_TASK)
    ]


def _unnamed_tasks(
    header: list[str], named: dict[str, str], ignored: list[str]
) -> list[str]:
    """Returns faults in the names of further label sets."""
    remedy = "rename the column, or pass over it with --columns.ignore"
    tasks = [
        column
        for column in header
        if column.startswith(_TASK) and column not in {*named, *ignored}
    ]
    return [
        f"{column!r} names no label set: wanted {_TASK}NAME; {remedy}"
        for column in tasks
        if column == _TASK
    ] + [
        f"{printable.quoted(column)} has a line break, a tab or another "
        "control character: "
        f"{remedy}"
        for column in tasks
        if not names.is_text(column)
    ]


class _RowReader:
    """Converts rows to clips; shares equal texts, for a million rows."""

    def __init__(self, fields: list[str], allowed: set[str] | None) -> None:
        self._nameless = [
            place for place, field in enumerate(fields) if field == _NAMELESS
        ]
        # Rows may omit nameless columns at the end.
        self._count = len(fields)
        while self._count - 1 in self._nameless:
            self._count -= 1
        self._allowed = allowed
        self._texts: dict[str, str] = {}
        self._unknown: dict[str, list[str]] = {}
        places = {field: place for place, field in enumerate(fields)}
        self._tasks = {
            field.removeprefix(_TASK): places.pop(field)
            for field in list(places)
            if field.startswith(_TASK)
        }
        # The cell after the last one is always empty: see `clip`.
        self._places = [places.get(field, -1) for field in _COLUMNS]

    def clip(
        self, cells: list[str], origin: str, faults: list[str]
    ) -> annotations.Clip | None:
        """Returns the clip of a row; reports faults in `faults`."""
        stray = [
            f"{origin}: {cells[place]!r} stands in column {place + 1}, which "
            "has no name in the first line: give it one, or empty the cell"
            for place in self._nameless
            if cells[place : place + 1]
            and cells[place].strip()
            and not (place == 0 and cells[place].strip().isdecimal())
        ]
        faults += stray
        cells = annotation_text.fitted(cells, self._count)
        cells = cells[: self._count] if stray else cells
        if len(cells) != self._count:
            faults.append(f"{origin}: {len(cells)} cells, wanted {self._count}")
            return None
        cells = [*cells, ""]
        path, label, split, group, start, end, caption, *texts = (
            cells[place].strip() for place in self._places
        )
        if label not in self._unknown:
            self._unknown[label] = self._unknown_labels(label)
        stored = annotations.stored_label(label)
        wrong, times = [], []
        for field, text in (("start_seconds", start), ("end_seconds", end)):
            try:
                times.append(_seconds(text))
            except ValueError:
                wrong.append(f"{field} {text!r} is not a number")
                times.append(None)
        several = json_texts.parse_all(caption, *texts, wrong)
        same = self._texts.setdefault
        clip = annotations.Clip(
            same(path, path).replace("\\", "/"),
            same(stored, stored),
            same(split, split),
            same(group, group),
            *times,
            several.caption,
            (),
            self._labels_of_tasks(cells),
            origin,
            is_video=True,
            captions=several.captions,
            questions=several.questions,
        )
        if wrong or self._unknown[label]:
            row_faults = "; ".join(wrong + self._unknown[label])
            faults.append(f"{origin}: {row_faults}")
        if wrong:  # Without its times it would be another clip.
            faults += annotation_checks.faults([clip])
            return None
        return clip

    def _unknown_labels(self, label: str) -> list[str]:
        if self._allowed is None or label in self._allowed:
            return []
        return [
            f"label {printable.quoted(each)} is not in the label list"
            f"{errors.nearest(each, list(self._allowed))}"
            for each in annotations.split_labels(label)
            if each not in self._allowed
        ]

    def _labels_of_tasks(self, cells: list[str]) -> dict[str, str]:
        if not self._tasks:
            return _NO_TASKS
        return {
            task: annotations.stored_label(cells[place].strip())
            for task, place in self._tasks.items()
        }


def _seconds(text: str) -> float | None:
    if "_" in text:  # Python would read 1_000 as a number.
        raise ValueError(text)
    return float(text) if text else None
