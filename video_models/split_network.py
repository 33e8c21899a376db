"""A video network as two that share its variables: encoder and readout.

Features between them are pooled over space, before the temporal block: what
a frozen encoder gives never changes, so that it can be computed once.
"""

import weakref
from typing import Any, NamedTuple

import keras

from video_models import network_inputs
from video_models.introspection import keras_internals, layer_paths

_RESTS: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()


class SplitNetwork(NamedTuple):
    """The two halves of a network of `video_network.build`.

    Attributes:
        backbone: the nested network of the backbone.
        encoder: frames [B, T, H, W, 3] -> features [B, t, C].
        rest: features [B, t, C] -> what the network gives.
    """

    backbone: keras.Model
    encoder: keras.Model
    rest: keras.Model


def split(network: keras.Model) -> SplitNetwork | None:
    """Splits a network after its backbone's features are pooled over space.

    Args:
        network: of `video_network.build`; unchanged.

    Returns:
        The halves; None if the head takes the backbone's unpooled outputs, as
        published heads do, or if the network sees more than frames.
    """
    if isinstance(network.input, dict):
        return None
    calls = keras_internals.calls_in_order(network)
    nested = [
        number
        for number, call in enumerate(calls)
        if layer_paths.is_network(call.operation)
    ]
    if len(nested) < 2:
        return None
    backbone = calls[nested[0]]
    (pooled,) = calls[nested[1]].inputs[:1]
    if any(pooled is output for output in backbone.outputs):
        return None
    return SplitNetwork(
        backbone.operation,
        keras.Model(network.input, pooled, name="encoder"),
        keras.Model(pooled, network.output, name="rest"),
    )


def of_batch(
    network: keras.Model, batch: dict[str, Any]
) -> tuple[keras.Model, Any]:
    """Returns the network that a batch needs, and its input.

    Args:
        network: of `video_network.build`.
        batch: with what the network sees, or with `features` of its encoder.

    Returns:
        The network and its input; or its second half and the features.
    """
    if "features" not in batch:
        return network, network_inputs.of_batch(network, batch)
    if network not in _RESTS:
        _RESTS[network] = split(network).rest
    return _RESTS[network], batch["features"]
