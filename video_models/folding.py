"""Melts normalisation into the convolutions before it, for serving.

At inference a batch normalisation scales and shifts every channel by numbers
that stand still; so does a convolution's kernel and bias.
"""

from typing import Any

import keras
import numpy as np

from video_models import layer_paths
from video_models.layers import depthwise

_CONVOLUTIONS = (
    keras.layers.Dense,
    keras.layers.Conv2D,
    keras.layers.Conv3D,
    depthwise.DepthwiseConv3D,
)
_Pairs = dict[int, keras.layers.BatchNormalization]


def without_normalization(network: keras.Model) -> keras.Model:
    """A copy that gives the same at inference, with fewer operations.

    Each batch normalisation that alone follows a convolution or a dense
    layer becomes a part of that layer's weights; others stay. The copy is
    not for training.

    Args:
        network: a functional model; it is not changed.
    """
    pairs = {}
    for each in _networks(network):
        pairs |= _pairs(each)
    melted = {id(each) for each in pairs.values()}
    gone = []

    def clone(layer: keras.layers.Layer) -> keras.layers.Layer:
        config = layer.get_config()
        if id(layer) in pairs:
            config["use_bias"] = True
        made = type(layer).from_config(config)
        if id(layer) in melted:
            gone.append(made)
        return made

    def call(layer: keras.layers.Layer, *args: Any, **kwargs: Any) -> Any:
        if any(layer is each for each in gone):
            return args[0]
        return layer(*args, **kwargs)

    copy = keras.models.clone_model(
        network, clone_function=clone, call_function=call, recursive=True
    )
    known = {each.path: each.layer for each in layer_paths.layers(network)}
    for path, layer in layer_paths.layers(copy):
        if layer.weights:  # Inputs without a name get a new one.
            norm = pairs.get(id(known[path]))
            layer.set_weights(
                _folded(known[path], norm)
                if norm
                else known[path].get_weights()
            )
    return copy


def _networks(network: keras.Model) -> list[keras.Model]:
    """It and all that are nested in it."""
    found = [network]
    for layer in network.layers:
        if layer_paths.is_network(layer):
            found += _networks(layer)
    return found


def _pairs(network: keras.Model) -> _Pairs:
    """Id of a convolution to the normalisation that alone sees its output."""
    made_by = {
        id(tensor): node.operation
        for operation in network.operations
        for node in operation._inbound_nodes
        for tensor in node.output_tensors
    }
    users: dict[int, list] = {}
    for operation in network.operations:
        for node in operation._inbound_nodes:
            for tensor in node.input_tensors:
                users.setdefault(id(tensor), []).append(operation)
    outputs = {id(tensor) for tensor in network.outputs}
    found = {}
    for layer in network.layers:
        if not isinstance(layer, keras.layers.BatchNormalization):
            continue
        (tensor,) = layer._inbound_nodes[0].input_tensors
        before = made_by.get(id(tensor))
        if (
            isinstance(before, _CONVOLUTIONS)
            and len(layer._inbound_nodes) == len(before._inbound_nodes) == 1
            and users[id(tensor)] == [layer]
            and id(tensor) not in outputs
            and layer.axis in (-1, len(tensor.shape) - 1)
            and getattr(before, "activation", None)
            in (None, keras.activations.linear)
        ):
            found[id(before)] = layer
    return found


def _folded(
    layer: keras.layers.Layer, norm: keras.layers.BatchNormalization
) -> list[np.ndarray]:
    """Kernel, whose last axis is that of the outputs, and bias."""
    kernel, *rest = layer.get_weights()
    bias = rest[0] if rest else np.zeros(kernel.shape[-1], kernel.dtype)
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
    return [kernel * scale, bias * scale + shift]
