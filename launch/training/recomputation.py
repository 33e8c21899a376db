"""Gradient checkpointing: activations inside blocks are recomputed.

The backward pass recomputes each block from its inputs, so only the tensors
between blocks are kept. Source: arXiv:1604.06174. The `RematScope` of Keras is
unsuitable: its mode "full" refuses layers with a `training` argument inside a
`tf.function`, draws dropout anew, updates the averages of normalisation twice,
and keeps the inputs of every layer.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import tensorflow as tf

from video_models.introspection import (
    keras_internals,
    layer_depth,
    layer_paths,
)


class Segment(NamedTuple):
    """Consecutive calls of layers.

    Attributes:
        calls: the calls.
        again: whether the backward pass runs them again.
        inputs: keras tensors from earlier calls.
        outputs: keras tensors that later calls need.
        trained: variables with a gradient, each with its TensorFlow variable.
        others: variables without a gradient, likewise.
    """

    calls: list[keras_internals.Call]
    again: bool
    inputs: list[keras.KerasTensor]
    outputs: list[keras.KerasTensor]
    trained: list[tuple[keras.Variable, tf.Variable]]
    others: list[tuple[keras.Variable, tf.Variable]]


def recompute_blocks(network: keras.Model) -> int:
    """Makes a network and its nested networks recompute their blocks.

    Inference, saving and export do not change. Blocks are those of
    `layer_depth.groups`; the last one is not recomputed, as the backward pass
    starts with it.

    Returns:
        The number of recomputed blocks.
    """
    count = 0
    for layer in network.layers:
        if layer_paths.is_network(layer):
            count += recompute_blocks(layer)
    segments = _segments(network)
    again = sum(segment.again for segment in segments)
    if again:
        network.call = _training_call(network, segments)
    return count + again


def _training_call(network: keras.Model, segments: list[Segment]) -> Callable:
    whole = network.call

    def call(inputs: Any, training: bool | None = None, mask: Any = None):
        if not training:
            return whole(inputs, training=training, mask=mask)
        flat = keras.tree.flatten(inputs)
        values = {id(x): v for x, v in zip(network.inputs, flat, strict=True)}
        for segment in segments:
            if segment.again:
                _run_again_later(segment, values)
            else:
                _run(segment.calls, values)
        outputs = [values[id(x)] for x in network.outputs]
        return keras.tree.pack_sequence_as(network.output, outputs)

    return call


def _run_again_later(segment: Segment, values: dict[int, Any]) -> None:
    """Runs a segment, and again in the backward pass."""
    trained = [variable for variable, _ in segment.trained]
    others = [variable for variable, _ in segment.others]
    before = [tf.convert_to_tensor(held) for _, held in segment.others]
    after: list[Any] = []

    def pure(*tensors: tf.Tensor) -> list[tf.Tensor]:
        inner = {
            id(x): tensor
            for x, tensor in zip(segment.inputs, tensors, strict=False)
        }
        weights = tensors[len(segment.inputs) :]
        state = list(zip(trained, weights, strict=True))
        state += list(zip(others, before, strict=True))
        # Equal random draws both times, and one update of averages.
        with keras.StatelessScope(state_mapping=state) as scope:
            _run(segment.calls, inner)
        if not after:
            after.extend(scope.get_current_value(each) for each in others)
        return [inner[id(x)] for x in segment.outputs]

    outputs = tf.recompute_grad(pure)(
        *(values[id(x)] for x in segment.inputs),
        *(tf.convert_to_tensor(held) for _, held in segment.trained),
    )
    for x, value in zip(segment.outputs, outputs, strict=True):
        values[id(x)] = value
    for variable, old, new in zip(others, before, after, strict=True):
        if new is not old:
            variable.assign(new)


def _run(calls: list[keras_internals.Call], values: dict[int, Any]) -> None:
    """Calls layers in training mode, as `keras.Model.call` does."""
    for each in calls:
        # The backward pass is outside the network's Keras call.
        is_layer = isinstance(each.operation, keras.layers.Layer)
        mode = {"training": True} if is_layer else {}
        outputs = keras.tree.flatten(each.run(values, **mode))
        for x, value in zip(each.outputs, outputs, strict=True):
            values[id(x)] = value


def _segments(network: keras.Model) -> list[Segment]:
    """The network's calls, split at blocks and nested networks."""
    groups = _group_calls(network)
    segments = []
    for number, group in enumerate(groups):
        nested = layer_paths.is_network(group[0].operation)
        again = not nested and number + 1 < len(groups) and _has_weights(group)
        later = [call for each in groups[number + 1 :] for call in each]
        segments.append(_segment(group, again, later, network))
    return segments


def _group_calls(network: keras.Model) -> list[list[keras_internals.Call]]:
    first = {
        placed[0].layer
        for path, placed in layer_depth.groups(network).items()
        if "/" not in path and layer_depth.has_kernel(placed)
    }
    groups: list[list[keras_internals.Call]] = [[]]
    for call in keras_internals.calls_in_order(network):
        nested = layer_paths.is_network(call.operation)
        begins = call.operation in first and _has_weights(groups[-1])
        if nested or begins:
            groups.append([])
        groups[-1].append(call)
        if nested:
            groups.append([])
    return [group for group in groups if group]


def _has_weights(calls: list[keras_internals.Call]) -> bool:
    return any(
        isinstance(call.operation, keras.layers.Layer)
        and call.operation.weights
        for call in calls
    )


def _segment(
    calls: list[keras_internals.Call],
    again: bool,
    later: list[keras_internals.Call],
    network: keras.Model,
) -> Segment:
    produced = {id(x): x for call in calls for x in call.outputs}
    needed = {id(x): x for call in calls for x in call.inputs}
    required = {id(x) for call in later for x in call.inputs}
    required |= {id(x) for x in network.outputs}
    # Read here, outside any layer's autocast scope.
    variables = {
        id(variable): (variable, variable.value)
        for call in calls
        if isinstance(call.operation, keras.layers.Layer)
        for variable in call.operation.variables
    }.values()
    return Segment(
        calls,
        again,
        [x for key, x in needed.items() if key not in produced],
        [x for key, x in produced.items() if key in required],
        [pair for pair in variables if pair[0].trainable],
        [pair for pair in variables if not pair[0].trainable],
    )
