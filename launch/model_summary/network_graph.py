"""The graph of one forward pass of a network, for one example.

Weights are arguments of the graph, so networks built `without_weights` can be
traced too. Nothing is computed.
"""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from video_models.introspection import keras_internals


def without_weights(build: Callable[[], keras.Model]) -> keras.Model:
    """Builds a network whose weights have only shape and dtype.

    Such a network can be traced and its parameters counted, but not called. It
    is far faster and smaller than one with initialised weights.
    """
    with keras.StatelessScope(initialize_variables=False):
        network = build()
    keras_internals.forget_uninitialized_variables()
    return network


def trace(
    network: keras.Model,
    training: bool = False,
    then: Callable[[list[tf.Tensor], list[tf.Tensor]], None] | None = None,
) -> tf.types.experimental.ConcreteFunction:
    """Traces the forward pass of one example.

    Args:
        network: all axes except the batch are known.
        training: mode of the forward pass.
        then: adds to the graph; called with trainable weights and outputs.

    Returns:
        A function of (trainable weights, other weights, inputs) to the
        network's outputs.
    """
    weights = [
        [tf.TensorSpec(v.shape, v.dtype) for v in variables]
        for variables in (
            network.trainable_variables,
            network.non_trainable_variables,
        )
    ]
    inputs = keras.tree.map_structure(
        lambda x: tf.TensorSpec((1, *x.shape[1:]), x.dtype), network.input
    )

    def forward(trained: list, others: list, inputs: Any) -> Any:
        outputs, _ = network.stateless_call(
            trained, others, inputs, training=training
        )
        if then:
            then(trained, keras.tree.flatten(outputs))
        return outputs

    return tf.function(forward, autograph=False).get_concrete_function(
        *weights, inputs
    )


def needed_for(tensors: list[tf.Tensor]) -> list[tf.Operation]:
    """The operations that `tensors` depend on, in the order of the graph."""
    needed: set[tf.Operation] = set()
    waiting = [tensor.op for tensor in tensors]
    while waiting:
        operation = waiting.pop()
        if operation not in needed:
            needed.add(operation)
            waiting += [tensor.op for tensor in operation.inputs]
    every = tensors[0].graph.get_operations() if tensors else []
    return [operation for operation in every if operation in needed]
