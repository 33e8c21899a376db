"""Folds batch normalisation into preceding convolutions, for serving.

At inference, batch normalisation scales and shifts every channel by constants,
which a convolution's kernel and bias can absorb.
"""

import itertools
from typing import Any

import keras
import numpy as np

from video_models.introspection import keras_internals
from video_models.layers import depthwise

_CONVOLUTIONS = (
    keras.layers.Dense,
    keras.layers.DepthwiseConv2D,
    keras.layers.Conv2D,
    keras.layers.Conv3D,
    depthwise.DepthwiseConv3D,
)
_Pairs = dict[int, keras.layers.BatchNormalization]


def without_normalization(network: keras.Model) -> keras.Model:
    """Returns an equal network for inference, with fewer operations.

    A batch normalisation that is the only consumer of a convolution or dense
    layer is folded into that layer's weights; others stay.

    Args:
        network: a functional model, possibly with nested ones; unchanged.

    Returns:
        A copy, which may share nested networks; `network` itself if nothing
        can be folded.
    """
    nested = {
        id(layer): without_normalization(layer)
        for layer in network.layers
        if isinstance(layer, keras.Model) and hasattr(layer, "operations")
    }
    pairs = _pairs(network)
    changed = any(
        nested[id(x)] is not x for x in network.layers if id(x) in nested
    )
    if not pairs and not changed:
        return network
    melted = {id(norm) for norm in pairs.values()}
    copies: list[tuple[keras.Operation, keras.Operation]] = []

    def clone(layer: keras.Operation) -> keras.Operation:
        if id(layer) in nested:
            return nested[id(layer)]
        config = layer.get_config()
        if id(layer) in pairs:
            config["use_bias"] = True
        copy = type(layer).from_config(config)
        copies.append((layer, copy))
        return copy

    def call(layer: keras.Operation, *args: Any, **kwargs: Any) -> Any:
        if any(layer is copy and id(x) in melted for x, copy in copies):
            return args[0]
        return layer(*args, **kwargs)

    folded = keras.models.clone_model(
        network, clone_function=clone, call_function=call
    )
    for layer, copy in copies:
        if id(layer) in pairs:
            copy.set_weights(_folded(layer, pairs[id(layer)]))
        elif id(layer) not in melted and isinstance(copy, keras.layers.Layer):
            copy.set_weights(layer.get_weights())
    return folded


def _pairs(network: keras.Model) -> _Pairs:
    """Id of a convolution -> the normalisation that alone follows it."""
    calls = {id(x): keras_internals.list_calls(x) for x in network.operations}
    made_by: dict[int, keras.Operation] = {}
    users: dict[int, list[keras.Operation]] = {}
    for call in itertools.chain(*calls.values()):
        made_by |= {id(tensor): call.operation for tensor in call.outputs}
        for tensor in call.inputs:
            users.setdefault(id(tensor), []).append(call.operation)
    outputs = {id(tensor) for tensor in network.outputs}
    found = {}
    for layer in network.layers:
        if not isinstance(layer, keras.layers.BatchNormalization):
            continue
        (tensor,) = calls[id(layer)][0].inputs
        before = made_by.get(id(tensor))
        if (
            isinstance(before, _CONVOLUTIONS)
            and len(calls[id(layer)]) == len(calls[id(before)]) == 1
            and users[id(tensor)] == [layer]
            and id(tensor) not in outputs
            and layer.axis in (-1, len(tensor.shape) - 1)
            and getattr(before, "data_format", "channels_last")
            == "channels_last"
            and getattr(before, "activation", None)
            in (None, keras.activations.linear)
        ):
            found[id(before)] = layer
    return found


def _folded(
    layer: keras.layers.Layer, norm: keras.layers.BatchNormalization
) -> list[np.ndarray]:
    """The folded kernel, with output axes last, and bias."""
    kernel, *rest = layer.get_weights()
    bias = rest[0] if rest else 0.0
    mean = keras.ops.convert_to_numpy(norm.moving_mean)
    scale = 1 / np.sqrt(
        keras.ops.convert_to_numpy(norm.moving_variance) + norm.epsilon
    )
    shift = -mean * scale
    if norm.scale:
        gamma = keras.ops.convert_to_numpy(norm.gamma)
        scale, shift = scale * gamma, shift * gamma
    if norm.center:
        shift = shift + keras.ops.convert_to_numpy(norm.beta)
    last = 2 if isinstance(layer, keras.layers.DepthwiseConv2D) else 1
    scales = scale.reshape(kernel.shape[-last:])
    return [kernel * scales, bias * scale + shift]
