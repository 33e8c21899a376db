"""Parses loss weights of labels."""

import numpy as np

from tfrecords_tools.base import errors
from video_models import objective

_FLAG = "--objective.class_weights"
_POSITIVE = "--objective.positive_weights"


def parse_weights(
    setting: tuple[str, ...], task: objective.Task
) -> np.ndarray | None:
    """Parses the class weights of a setting.

    Args:
        setting: empty, `("balanced",)`, or one number a label.
        task: the labels and the number of training clips of each.

    Returns:
        float32 [classes], or None if all are equal.

    Raises:
        UserError: not one number per label, or a weight below 0.
    """
    if setting == ("balanced",):
        clips = _clips_of_each(_FLAG, task)
        seen = max(1, np.count_nonzero(clips))
        # Equal total weight per label; a mean weight of 1 per clip.
        return np.float32(clips.sum() / (seen * np.maximum(clips, 1)))
    return _given(_FLAG, setting, task)


def parse_positive_weights(
    setting: tuple[str, ...], task: objective.Task
) -> np.ndarray | None:
    """Parses the weights of positive clips relative to negative ones.

    Args:
        setting: empty; `("balanced",)`, equal total weight of both; or one
            number per label.
        task: the labels, the training clips of each, and of all.

    Returns:
        float32 [classes], or None if all are equal.

    Raises:
        UserError: not one number per label, or a weight below 0.
    """
    if setting == ("balanced",):
        clips = _clips_of_each(_POSITIVE, task)
        without = np.maximum(task.clips - clips, 1)
        return np.float32(without / np.maximum(clips, 1))
    return _given(_POSITIVE, setting, task)


def _clips_of_each(flag: str, task: objective.Task) -> np.ndarray:
    if len(task.label_counts) != len(task.labels):
        raise errors.UserError(
            f"{flag}=balanced: wanted the number of training clips of each "
            f"of the {len(task.labels)} labels, got "
            f"{len(task.label_counts)} numbers: build the shards again, or "
            "give one weight per label"
        )
    return np.array(task.label_counts, np.float64)


def _given(
    flag: str, setting: tuple[str, ...], task: objective.Task
) -> np.ndarray | None:
    if not setting:
        return None
    if len(setting) != len(task.labels):
        raise errors.UserError(
            f"{flag} has {len(setting)} values, the data has "
            f"{len(task.labels)} labels: give one number a label, or "
            "'balanced'"
        )
    return np.array([_number(flag, text) for text in setting], np.float32)


def _number(flag: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise errors.UserError(
            f"{flag} has {text!r}: wanted a number of at least 0, or "
            "'balanced' alone"
        )
    return value
