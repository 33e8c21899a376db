"""Clip logits, from heads that score clips and from heads that score steps."""

from collections.abc import Callable
from typing import Any

import keras

from tfrecords_tools.base import errors, registry

ops = keras.ops


def check_head(head: registry.Chosen) -> None:
    """Raises UserError where a head does not score classes."""
    if "classes" not in head.module.GIVES:
        raise errors.UserError(
            f"--head={head.name} gives no scores of labels: wanted "
            "--head=classifier, or --head=per_frame for each time step"
        )


def mean_over_time(logits: Any) -> Any:
    """The mean over time steps, where there are time steps.

    Of logits, not of probabilities: so a linear head scores a clip as it
    would the average of its time steps, the loss is of the very scores that
    are predicted, and time steps in which nothing happens need not name the
    label.

    Args:
        logits: [B, classes] or [B, t, classes].

    Returns:
        [B, classes].
    """
    return ops.mean(logits, axis=1) if len(logits.shape) == 3 else logits


def scores(
    to_scores: Callable[[Any], Any], logits: Any, task: str = ""
) -> dict[str, Any]:
    """`scores`, and `frame_scores` if the head scores every time step.

    Args:
        to_scores: of logits.
        logits: [B, classes] or [B, t, classes].
        task: that the names end in, `.place`.

    Returns:
        [B, classes] and [B, t, classes], by name.
    """
    found = {f"scores{task}": to_scores(mean_over_time(logits))}
    if len(logits.shape) == 3:
        found[f"frame_scores{task}"] = to_scores(logits)
    return found


def predict_views(network: Any, frames: Any) -> Any:
    """Logits of all views of each clip.

    Args:
        network: frames to logits, or to a dict of them.
        frames: float32 [B, views, T, H, W, 3].

    Returns:
        [B, views, classes], or a dict of them.
    """
    views = frames.shape[1]
    clips = ops.reshape(frames, (-1, *frames.shape[2:]))

    def divided(logits: Any) -> Any:
        logits = mean_over_time(logits)
        return ops.reshape(logits, (-1, views, logits.shape[-1]))

    found = network(clips, training=False)
    return keras.tree.map_structure(divided, found)
