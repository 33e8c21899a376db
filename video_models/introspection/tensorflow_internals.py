"""What we use of TensorFlow that is not its public API, and nothing else.

As `keras_internals`, which see.
"""

import tensorflow as tf
from tensorflow.python.framework import convert_to_constants


def with_constants(
    traced: tf.types.experimental.ConcreteFunction,
) -> tf.types.experimental.ConcreteFunction:
    """The same function, its variables as they are now written into it.

    Returns:
        A function of a list of tensors, those of `.inputs`, that gives a list
        in the order of the traced graph's outputs.
    """
    return convert_to_constants.convert_variables_to_constants_v2(traced)


def function_in(graph: tf.Graph, name: str) -> tf.Graph:
    """The graph of a function that operations of `graph` call by its name.

    It has `inputs` and `outputs`, tensors.
    """
    return graph._get_function(name).graph
