"""`metrics.json` of a run: the latest report of each split, and all by name."""

import json
import pathlib
from typing import Any

from tfrecords_tools.base import atomic_write
from tfrecords_tools.base.files import folder_lock

NAME = "metrics.json"
EVALUATIONS = "evaluations"


def add(
    path: pathlib.Path, split: str, report: dict[str, Any], name: str = ""
) -> None:
    """Adds a report to the file.

    Concurrent evaluations of several splits write one after another.

    Args:
        path: of the file.
        split: whose latest report this is.
        report: JSON values.
        name: of the evaluation; with one, the report is also kept in
            `evaluations` under this name.

    Raises:
        UserError: the file cannot be written.
    """
    with folder_lock.held_for(path, "evaluation", wait=True):
        metrics = {**standing(path), split: report}
        if name:
            before = metrics.pop(EVALUATIONS, {})
            metrics[EVALUATIONS] = {**before, name: report}
        with atomic_write.file(path, "w") as stream:
            stream.write(json.dumps(metrics, indent=1) + "\n")


def standing(path: pathlib.Path) -> dict[str, Any]:
    """The reports in the file; empty if it is unreadable."""
    try:
        return dict(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return {}
