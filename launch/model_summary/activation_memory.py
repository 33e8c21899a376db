"""Counts the activations that a training step keeps for the backward pass.

These are the tensors that the forward pass computes from a clip and the
backward pass reads, each once; weights and the clip itself do not count.
Temporaries, workspaces, gradients and the optimizer add to it; a compiler may
keep less by recomputing.
"""

import math
from collections.abc import Iterator
from typing import Any

import keras
import tensorflow as tf

from launch.model_summary import network_graph

# Operations that alias their input.
_ALIASES = ("Identity", "IdentityN", "Reshape", "Squeeze", "ExpandDims")
# Operations that read shapes only.
_SHAPES = ("Shape", "ShapeN", "Rank", "Size", "ZerosLike", "OnesLike")


def count_activation_bytes(network: keras.Model) -> int:
    """Bytes of the activations that a training step keeps for one clip.

    Args:
        network: with or without weights; all axes except the batch are known.
    """
    kept: dict[Any, tf.Tensor] = {}

    def note(trained: list[tf.Tensor], outputs: list[tf.Tensor]) -> None:
        forward = outputs[0].graph.get_operations()
        of_weights = _derived_from(trained, forward)
        for tensor in _read_by_gradients(trained, outputs, set(forward)):
            source = _source(tensor)
            if source.op.type == "Placeholder" or source.op in of_weights:
                continue
            # Small outputs that kernels keep for gradients have no shape.
            if source.shape.is_fully_defined():
                kept[source.ref()] = source

    network_graph.trace(network, training=True, then=note)
    return sum(math.prod(x.shape) * x.dtype.size for x in kept.values())


def _derived_from(
    tensors: list[tf.Tensor], operations: list[tf.Operation]
) -> set[tf.Operation]:
    """The operations that depend on `tensors` and constants only."""
    derived = {tensor.op for tensor in tensors}
    for each in operations:
        if each.type == "Const" or (
            each.inputs and all(x.op in derived for x in each.inputs)
        ):
            derived.add(each)
    return derived


def _read_by_gradients(
    trained: list[tf.Tensor],
    outputs: list[tf.Tensor],
    forward: set[tf.Operation],
) -> Iterator[tf.Tensor]:
    gradients = tf.gradients(outputs, trained)
    targets = [each for each in gradients if each is not None]
    for operation in network_graph.needed_for(targets):
        if operation not in forward and operation.type not in _SHAPES:
            yield from (x for x in operation.inputs if x.op in forward)


def _source(tensor: tf.Tensor) -> tf.Tensor:
    while tensor.op.type in _ALIASES:
        place = tensor.value_index if tensor.op.type == "IdentityN" else 0
        tensor = tensor.op.inputs[place]
    return tensor
