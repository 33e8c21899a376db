"""Clip logits, from heads that score clips and from heads that score steps."""

from collections.abc import Callable
from typing import Any

import keras

from tfrecords_tools.base import errors, registry
from video_models import network_inputs

ops = keras.ops


def check_head(head: registry.Chosen) -> None:
    """Raises UserError if a head does not score classes."""
    if "classes" not in head.module.GIVES:
        raise errors.UserError(
            f"--head={head.name} gives no scores of labels: wanted "
            "--head=classifier, or --head=per_frame for each time step"
        )


def mean_over_time(logits: Any) -> Any:
    """Averages logits over time, if they have a time axis.

    It averages logits, not probabilities. A linear head then scores a clip
    like the mean of its features, the loss applies to exactly the predicted
    scores, and uneventful time steps need not predict the label.

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
        to_scores: logits to scores.
        logits: [B, classes] or [B, t, classes].
        task: suffix of the names, `.place`.

    Returns:
        [B, classes] and [B, t, classes], by name.
    """
    found = {f"scores{task}": to_scores(mean_over_time(logits))}
    if len(logits.shape) == 3:
        found[f"frame_scores{task}"] = to_scores(logits)
    return found


def predict_views(network: Any, clips: Any) -> Any:
    """Returns the logits of all views of each clip.

    Args:
        network: frames, features or a dict of entries to logits, or to a dict
            of them.
        clips: its input, with an axis of views after B; see
            `network_inputs.flat_views`.

    Returns:
        [B, views, classes], or a dict of them.
    """
    views = network_inputs.count_views(clips)
    each = network_inputs.flat_views(clips)

    def divided(logits: Any) -> Any:
        logits = mean_over_time(logits)
        return ops.reshape(logits, (-1, views, logits.shape[-1]))

    found = network(each, training=False)
    return keras.tree.map_structure(divided, found)
