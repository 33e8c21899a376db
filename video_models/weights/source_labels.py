"""The labels that weights to start from were trained on, where they are known.

A run and its checkpoints name them, and so for files that lie in the folder
of a run. Public checkpoints do not.
"""

import pathlib
from typing import Any

from tfrecords_tools.base import errors
from video_models.classification import label_axes
from video_models.weights import run_checkpoints


def of(path: pathlib.Path) -> dict[str, tuple[str, ...]] | None:
    """The label sets by their tasks; None where nobody knows.

    Args:
        path: what `--init.weights` names.
    """
    facts = _facts(path if path.is_dir() else path.parent)
    if "labels" not in facts:
        return None
    further = {
        task: tuple(each["labels"])
        for task, each in facts.get("tasks", {}).items()
    }
    return {label_axes.MAIN: tuple(facts["labels"]), **further}


def _facts(folder: pathlib.Path) -> dict[str, Any]:
    try:
        return run_checkpoints.facts_to_start_from(folder)
    except errors.UserError:
        return {}
