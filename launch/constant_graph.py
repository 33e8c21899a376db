"""A graph whose weights are constants, for serving.

TensorFlow then computes once what depends on weights alone: a batch
normalisation melts into the convolution before it.
"""

from collections.abc import Callable, Iterable
from typing import Any

import keras
import tensorflow as tf
from tensorflow.python.framework import convert_to_constants

_MOST_BYTES = 150_000_000  # Writing them takes 30 times as much memory.

Tensors = dict[str, tf.Tensor]


def fits(networks: Iterable[keras.Model]) -> bool:
    """Whether the weights are small enough to be written into a graph."""
    variables = [v for network in networks for v in network.variables]
    return (
        sum(
            v.value.dtype.size * v.value.shape.num_elements() for v in variables
        )
        <= _MOST_BYTES
    )


def with_constants(
    function: Callable[..., Tensors], **inputs: tf.TensorSpec
) -> Callable[..., Tensors]:
    """The same function, its variables as they are now written into it.

    Args:
        function: named tensors to named tensors; changes no variable.
        inputs: what it takes, by name.
    """
    named = {k: tf.TensorSpec(v.shape, v.dtype, k) for k, v in inputs.items()}
    traced = tf.function(function).get_concrete_function(**named)
    frozen = convert_to_constants.convert_variables_to_constants_v2(traced)
    # It takes and gives lists, in the order of the traced graph.
    taken = [each.op.name for each in frozen.inputs]
    given = sorted(traced.structured_outputs)

    def call(**tensors: Any) -> Tensors:
        found = frozen(*(tensors[name] for name in taken))
        return dict(zip(given, found, strict=True))

    return call
