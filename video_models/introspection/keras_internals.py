"""All uses of Keras' private API.

A house test refuses them elsewhere. Each function here has a test of what it
relies on, which fails if a new version of Keras changes it.
"""

from typing import Any, NamedTuple

import keras
from keras.src.applications import efficientnet
from keras.src.backend.common import global_state


class Call(NamedTuple):
    """A call of a layer or an operation in a functional network.

    Attributes:
        operation: the layer or operation.
        inputs: keras tensors among its arguments, in order.
        outputs: keras tensors that it returned.
        node: Keras' record of the call.
    """

    operation: keras.Operation
    inputs: list[keras.KerasTensor]
    outputs: list[keras.KerasTensor]
    node: Any

    def run(self, values: dict[int, Any], **kwargs: Any) -> Any:
        """Repeats the call with other inputs.

        Args:
            values: id of each of `inputs` -> its replacement.
            kwargs: replacements of keyword arguments.
        """
        args, named = self.node.arguments.fill_in(values)
        return self.operation(*args, **{**named, **kwargs})


def list_calls(operation: keras.Operation) -> list[Call]:
    """Returns all calls of a layer, in any network, in order."""
    return [_call(node) for node in operation._inbound_nodes]


def producing_call(tensor: keras.KerasTensor) -> Call:
    """Returns the call that produced a tensor."""
    history = tensor._keras_history
    return _call(history.operation._inbound_nodes[history.node_index])


def calls_in_order(network: keras.Model) -> list[Call]:
    """Returns the calls of a functional network in execution order."""
    by_depth = network._nodes_by_depth
    return [
        _call(node)
        for depth in sorted(by_depth, reverse=True)
        for node in by_depth[depth]
        if not node.is_input
    ]


def forget_uninitialized_variables() -> None:
    """Clears what `StatelessScope(initialize_variables=False)` leaves behind.

    Otherwise the next such scope would initialise these variables.
    """
    global_state.set_global_attribute("uninitialized_variables", [])


def leave_gradients_unsummed(optimizer: keras.optimizers.Optimizer) -> None:
    """Makes an optimizer apply gradients without summing over replicas.

    Keras sums them on application; clipping needs the sum earlier, and summing
    twice would multiply them.
    """
    optimizer._all_reduce_sum_gradients = lambda pairs: pairs


def variable_index(optimizer: keras.optimizers.Optimizer, variable: Any) -> int:
    """Returns the index of a variable in its optimizer."""
    return optimizer._get_variable_index(variable)


def name_own_weights(layer: keras.layers.Layer, path: str) -> None:
    """Sets the path of the trainable weights that a layer holds itself."""
    for variable in layer._trainable_variables:
        variable._path = f"{path}/{variable.name}"


def efficient_net(
    width: float, depth: float, size: int, stages: int, **options: Any
) -> keras.Model:
    """Builds `keras.applications.EfficientNetB0` to `B7` with random weights.

    Args:
        width: factor on channels.
        depth: factor on blocks.
        size: nominal height and width, pixels.
        stages: number of stages, at most 7.
        options: further arguments of `keras.applications`.
    """
    blocks = efficientnet.DEFAULT_BLOCKS_ARGS[:stages]
    return efficientnet.EfficientNet(
        width, depth, size, blocks_args=blocks, weights=None, **options
    )


def _call(node: Any) -> Call:
    return Call(node.operation, node.input_tensors, node.outputs, node)
