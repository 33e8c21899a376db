"""How much a clip of each label weighs in the loss."""

import numpy as np

from tfrecords_tools.base import errors
from video_models import objective

_FLAG = "--objective.class_weights"


def of(setting: tuple[str, ...], task: objective.Task) -> np.ndarray | None:
    """The weights that a setting asks for.

    Args:
        setting: empty, `("balanced",)`, or one number a label.
        task: the labels and how often each stands in the training data.

    Returns:
        float32 [classes], or None where all weigh the same.

    Raises:
        UserError: not one number a label, or a weight below 0.
    """
    if not setting:
        return None
    if setting == ("balanced",):
        return _balanced(task)
    if len(setting) != len(task.labels):
        raise errors.UserError(
            f"{_FLAG} has {len(setting)} values, the data has "
            f"{len(task.labels)} labels: give one number a label, or "
            "'balanced'"
        )
    return np.array([_number(text) for text in setting], np.float32)


def _balanced(task: objective.Task) -> np.ndarray:
    """Each label weighs the same in sum; a clip weighs 1 on average."""
    if len(task.label_counts) != len(task.labels):
        raise errors.UserError(
            f"{_FLAG}=balanced wants to know how many training clips each "
            f"of the {len(task.labels)} labels has, got "
            f"{len(task.label_counts)} numbers: build the shards again, or "
            "give one weight a label"
        )
    clips = np.array(task.label_counts, np.float64)
    seen = max(1, np.count_nonzero(clips))
    return np.float32(clips.sum() / (seen * np.maximum(clips, 1)))


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise errors.UserError(
            f"{_FLAG} has {text!r}: wanted a number of at least 0, or "
            "'balanced' alone"
        )
    return value
