"""The labels that weights to start from were trained on, where they are known.

A run, its checkpoints and the `.keras` files of `video_models.classifier` name
them; other files are taken for those of the run in whose folder they are.
Public checkpoints do not.
"""

import pathlib
from typing import Any

from tfrecords_tools.base import errors
from video_models.classification import label_axes
from video_models.weights import keras_file, run_checkpoints


def read(path: pathlib.Path) -> dict[str, tuple[str, ...]] | None:
    """The label sets by their tasks; None where nobody knows.

    Args:
        path: what `--init.weights` names.
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
    return {label_axes.MAIN: tuple(metadata["labels"]), **further}


def _metadata(folder: pathlib.Path) -> dict[str, Any]:
    try:
        return run_checkpoints.metadata_to_start_from(folder)
    except errors.UserError:
        return {}
