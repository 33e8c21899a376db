"""The features of an exported classifier, for search among clips.

The signature `embed` takes `pixels`, uint8 [N, T, size, size, 3], frames scaled
and cropped as in evaluation, and returns `features` float32 [N, D], the inputs
of the last linear layer. `model.json` has D and a fingerprint of the trained
weights: features of different networks cannot be compared.
"""

import dataclasses
from typing import Any

import keras
import tensorflow as tf

from tfrecords_tools.base import errors
from video_models import objective as objectives
from video_models.introspection import last_features, weight_fingerprint

SIGNATURE = "embed"
NAME = "features"


@dataclasses.dataclass(frozen=True)
class FeatureMetadata:
    """The metadata of the features in `model.json`.

    Attributes:
        size: values per clip.
        fingerprint: of the trained weights, see `weight_fingerprint`.
    """

    size: int
    fingerprint: str


def describe(networks: dict[str, keras.Model]) -> FeatureMetadata | None:
    """The metadata of the networks' features; None if they have none."""
    beside = beside_output(networks)
    if beside is None:
        return None
    (network,) = networks.values()
    size = beside.outputs[0].shape[-1]
    return FeatureMetadata(size, weight_fingerprint.compute(network))


def beside_output(networks: dict[str, keras.Model]) -> keras.Model | None:
    """`last_features.beside_output` of the only network; None without one."""
    try:
        (network,) = networks.values()
        return last_features.beside_output(network)
    except (ValueError, errors.UserError):
        return None


def predict(
    objective: objectives.Objective,
    networks: dict[str, keras.Model],
    beside: keras.Model | None,
    inputs: Any,
) -> dict[str, tf.Tensor]:
    """The objective's predictions, with `features` where there are any.

    The network runs once for both.

    Args:
        objective: defines the predictions.
        networks: to predict with.
        beside: from `beside_output`.
        inputs: frames float32 [N, T, H, W, 3], or entries of a batch.
    """
    if beside is None:
        return objective.predict(networks, inputs)
    features, output = beside(inputs, training=False)
    (name,) = networks
    computed: dict[str, Any] = {name: lambda *_, **__: output}
    return {**objective.predict(computed, inputs), NAME: features}
