"""The labels, and words, that initial weights were trained on, if known.

Runs, checkpoints and `.keras` files of `video_models.classifier` record them;
other files take those of the run in whose folder they are. Public checkpoints
have none.
"""

import pathlib
from typing import Any

from tfrecords_tools.base import errors
from video_models.classification import label_axes
from video_models.weights import (
    keras_file,
    recorded_metadata,
    run_checkpoints,
)


def read(path: pathlib.Path) -> dict[str, tuple[str, ...]] | None:
    """Reads the label sets by task; None if unknown.

    Args:
        path: value of `--init.weights`.
    """
    if path.suffix == ".keras" and (labels := keras_file.labels(path)):
        return {label_axes.MAIN: labels}
    metadata = _metadata(path if path.is_dir() else path.parent)
    if "labels" not in metadata:
        return None
    further = {
        task: tuple(each["labels"])
        for task, each in metadata.get("tasks", {}).items()
    }
    text = recorded_metadata.text(metadata)
    return {
        label_axes.MAIN: tuple(metadata["labels"]),
        **further,
        **label_axes.words_of(text),
    }


def _metadata(folder: pathlib.Path) -> dict[str, Any]:
    try:
        return run_checkpoints.metadata_to_start_from(folder)
    except errors.UserError:
        return {}
