"""Gradient checkpointing: training forgets what is inside of blocks.

The backward pass computes a block once more from what came into it, so only
the tensors between blocks are kept. Source: arXiv:1604.06174. Keras' own
`RematScope` does not serve: its mode "full" refuses layers with a `training`
argument inside a `tf.function`, draws dropout anew, moves the averages of
normalisation twice, and keeps the inputs of every layer.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import tensorflow as tf

from video_models.introspection import layer_depth, layer_paths


class Segment(NamedTuple):
    """Calls of layers, one after the other.

    Attributes:
        nodes: the calls.
        again: whether the backward pass runs them again.
        inputs: keras tensors that they need from before.
        outputs: those that others need from them.
        trained: variables with a gradient, each with the one of TensorFlow
            that holds it.
        others: those that only change, likewise.
    """

    nodes: list[Any]
    again: bool
    inputs: list[keras.KerasTensor]
    outputs: list[keras.KerasTensor]
    trained: list[tuple[keras.Variable, tf.Variable]]
    others: list[tuple[keras.Variable, tf.Variable]]


def by_blocks(network: keras.Model) -> int:
    """Makes the network, and those nested in it, recompute their blocks.

    Inference, saving and export are as they were. Each block is one of
    `layer_depth.groups`; the last one, whose gradient is needed at once, is
    not recomputed.

    Returns:
        How many blocks are recomputed.
    """
    count = 0
    for layer in network.layers:
        if layer_paths.is_network(layer):
            count += by_blocks(layer)
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
                _run(segment.nodes, values)
        outputs = [values[id(x)] for x in network.outputs]
        return keras.tree.pack_sequence_as(network.output, outputs)

    return call


def _run_again_later(segment: Segment, values: dict[int, Any]) -> None:
    """Runs a segment, and has the backward pass run it again."""
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
        # Equal draws both times, and averages that move only once.
        with keras.StatelessScope(state_mapping=state) as scope:
            _run(segment.nodes, inner)
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


def _run(nodes: list[Any], values: dict[int, Any]) -> None:
    """Calls layers in training mode, as `keras.Model.call` does."""
    for node in nodes:
        args, kwargs = node.arguments.fill_in(values)
        # The backward pass is outside of Keras' call of the network.
        if "training" in getattr(node.operation, "_call_context_args", ()):
            kwargs["training"] = True
        outputs = keras.tree.flatten(node.operation(*args, **kwargs))
        for x, value in zip(node.outputs, outputs, strict=True):
            values[id(x)] = value


def _segments(network: keras.Model) -> list[Segment]:
    """The network's calls, cut where a block or a nested network begins."""
    pieces = _pieces(network)
    found = []
    for number, piece in enumerate(pieces):
        nested = layer_paths.is_network(piece[0].operation)
        again = not nested and number + 1 < len(pieces) and _has_weights(piece)
        later = [node for each in pieces[number + 1 :] for node in each]
        found.append(_segment(piece, again, later, network))
    return found


def _pieces(network: keras.Model) -> list[list[Any]]:
    first = {
        placed[0].layer
        for path, placed in layer_depth.groups(network).items()
        if "/" not in path and layer_depth.has_kernel(placed)
    }
    pieces: list[list[Any]] = [[]]
    for depth in sorted(network._nodes_by_depth, reverse=True):
        for node in network._nodes_by_depth[depth]:
            if node.is_input:
                continue
            nested = layer_paths.is_network(node.operation)
            begins = node.operation in first and _has_weights(pieces[-1])
            if nested or begins:
                pieces.append([])
            pieces[-1].append(node)
            if nested:
                pieces.append([])
    return [piece for piece in pieces if piece]


def _has_weights(nodes: list[Any]) -> bool:
    return any(
        isinstance(node.operation, keras.layers.Layer)
        and node.operation.weights
        for node in nodes
    )


def _segment(
    nodes: list[Any], again: bool, later: list[Any], network: keras.Model
) -> Segment:
    made = {id(x): x for node in nodes for x in node.outputs}
    needed = {id(x): x for node in nodes for x in node.input_tensors}
    wanted = {id(x) for node in later for x in node.input_tensors}
    wanted |= {id(x) for x in network.outputs}
    # Held here, where no layer's call casts what is read.
    variables = {
        id(variable): (variable, variable.value)
        for node in nodes
        if isinstance(node.operation, keras.layers.Layer)
        for variable in node.operation.variables
    }.values()
    return Segment(
        nodes,
        again,
        [x for key, x in needed.items() if key not in made],
        [x for key, x in made.items() if key in wanted],
        [pair for pair in variables if pair[0].trainable],
        [pair for pair in variables if not pair[0].trainable],
    )
