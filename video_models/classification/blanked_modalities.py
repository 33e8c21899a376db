"""What a network of several modalities knows without each of them.

An answer that hardly changes without a modality does not come from it.
"""

from typing import Any

import keras
import numpy as np

from video_models import network_inputs
from video_models.classification import (
    clip_logits,
    several_labels,
    single_label,
)

Labels = single_label.SingleLabel | several_labels.SeveralLabels

_WITHOUT = "without_"


def logits(network: keras.Model, inputs: Any) -> dict[str, Any]:
    """Returns the logits of all views without each of the modalities.

    Args:
        network: see `clip_logits.predict_views`.
        inputs: see `clip_logits.predict_views`.

    Returns:
        Modality to logits; empty for a network of one modality.
    """
    return {
        name: clip_logits.predict_views(
            network, network_inputs.blanked(inputs, name)
        )
        for name in network_inputs.blankable(network)
    }


def counts(
    labels: Labels, blanked: dict[str, Any], label: Any, mask: Any
) -> dict[str, Any]:
    """Returns the counts of a label set without each of the modalities.

    Args:
        labels: the label set.
        blanked: modality to its logits, see `logits`.
        label: of the clips.
        mask: float32 [B].

    Returns:
        The counts of `labels`, prefixed by `without_<modality>/`.
    """
    return {
        f"{_WITHOUT}{name}/{key}": value
        for name, each in blanked.items()
        for key, value in labels.counts(each, label, mask).items()
    }


def report(labels: Labels, counts: dict[str, np.ndarray]) -> dict[str, Any]:
    """Returns the report of a label set with the accuracy without each.

    Args:
        labels: the label set.
        counts: summed, of all modalities and without each.

    Returns:
        The report, with `accuracy_without_audio` or
        `exact_match_without_audio` and the like.
    """
    parts: dict[str, dict[str, np.ndarray]] = {"": {}}
    for key, value in counts.items():
        name, _, count = key.rpartition("/")
        parts.setdefault(name, {})[count] = value
    found = labels.report(parts.pop(""))
    for name, each in parts.items():
        hits = labels.report(each)[labels.hit_name]
        found[f"{labels.hit_name}_{name}"] = hits
    return found
