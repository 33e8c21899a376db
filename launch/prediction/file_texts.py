"""The texts of videos, from a flag or a table."""

import os
import pathlib

from launch.serving import model_metadata
from tfrecords_tools.base import errors
from tfrecords_tools.source_parsing import annotation_text

_COLUMNS = "path", "text"


class FileTexts:
    """Gives each video its text."""

    def __init__(
        self,
        metadata: model_metadata.ModelMetadata,
        text: str | None,
        table: str | None,
        root: pathlib.Path,
    ):
        """Reads the table.

        Args:
            metadata: of the model.
            text: of all videos; None: of the table.
            table: CSV file with the columns path and text; None for none.
            root: folder that the paths are relative to.

        Raises:
            UserError: the model does not read, both are given, or the table
                has faults, all with their lines.
        """
        flags = ["--text"] * (text is not None) + ["--texts"] * bool(table)
        if len(flags) > 1:
            raise errors.UserError("got --text and --texts: wanted one of them")
        if flags and metadata.text is None:
            raise errors.UserError(
                f"got {flags[0]}, but the model reads no text: leave it out"
            )
        self._text = text or ""
        self._texts = _read(table, root) if table else {}

    def text_of(self, path: pathlib.Path) -> str:
        """The text of a video; empty for none."""
        return self._texts.get(os.path.abspath(path), self._text)


def _read(table: str, root: pathlib.Path) -> dict[str, str]:
    """Absolute path to text."""
    faults: list[str] = []
    rows = annotation_text.read_rows(table, faults)
    header, _ = next(rows, ([], ""))
    header = [name.strip() for name in header]
    missing = [name for name in _COLUMNS if name not in header]
    if missing:
        raise errors.UserError(
            f"{table}:1: no column {' nor '.join(missing)}: wanted a CSV file "
            "with the columns path, relative to --videos, and text"
        )
    places = [header.index(name) for name in _COLUMNS]
    found: dict[str, str] = {}
    for cells, origin in rows:
        if len(cells) != len(header):
            faults.append(f"{origin}: {len(cells)} cells, wanted {len(header)}")
            continue
        path, text = (cells[place].strip() for place in places)
        path = os.path.abspath(root / path)
        if found.setdefault(path, text) != text:
            faults.append(f"{origin}: {path} has another text above")
    annotation_text.raise_all(faults)
    return found
