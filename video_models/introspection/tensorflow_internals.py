"""All uses of TensorFlow's private API; see `keras_internals`."""

import tensorflow as tf
from tensorflow.python.framework import convert_to_constants


def with_constants(
    traced: tf.types.experimental.ConcreteFunction,
) -> tf.types.experimental.ConcreteFunction:
    """Freezes the current values of a function's variables into it.

    Returns:
        A function of the tensors of `.inputs` that returns a list in the order
        of the graph's outputs.
    """
    return convert_to_constants.convert_variables_to_constants_v2(traced)


def function_in(graph: tf.Graph, name: str) -> tf.Graph:
    """Returns the graph of a function that `graph` calls by name.

    It has `inputs` and `outputs`, tensors.
    """
    return graph._get_function(name).graph
