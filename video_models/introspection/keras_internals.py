"""What we use of Keras that is not its public API, and nothing else.

A house test refuses such uses elsewhere, and each function here has a test of
what it relies on: a new Keras that changes one breaks there.
"""

from typing import Any, NamedTuple

import keras
from keras.src.applications import efficientnet
from keras.src.backend.common import global_state


class Call(NamedTuple):
    """One call of a layer or an operation while a network was built.

    Attributes:
        operation: the layer or operation.
        inputs: keras tensors among its arguments, in their order.
        outputs: keras tensors that it gave.
        node: Keras' record of it.
    """

    operation: keras.Operation
    inputs: list[keras.KerasTensor]
    outputs: list[keras.KerasTensor]
    node: Any

    def run(self, values: dict[int, Any], **kwargs: Any) -> Any:
        """Makes the call again.

        Args:
            values: id of each of `inputs` to what is given in its place.
            kwargs: arguments by name that replace those of the call.
        """
        args, named = self.node.arguments.fill_in(values)
        return self.operation(*args, **{**named, **kwargs})


def list_calls(operation: keras.Operation) -> list[Call]:
    """All calls of a layer, in any network, in their order."""
    return [_call(node) for node in operation._inbound_nodes]


def producing_call(tensor: keras.KerasTensor) -> Call:
    """The call whose output a tensor is."""
    history = tensor._keras_history
    return _call(history.operation._inbound_nodes[history.node_index])


def calls_in_order(network: keras.Model) -> list[Call]:
    """The calls of a functional network as it runs them, without inputs."""
    by_depth = network._nodes_by_depth
    return [
        _call(node)
        for depth in sorted(by_depth, reverse=True)
        for node in by_depth[depth]
        if not node.is_input
    ]


def forget_uninitialized_variables() -> None:
    """Ends what `StatelessScope(initialize_variables=False)` leaves behind.

    Or the next such scope of anyone would initialize the variables after all.
    """
    global_state.set_global_attribute("uninitialized_variables", [])


def leave_gradients_unsummed(optimizer: keras.optimizers.Optimizer) -> None:
    """Has an optimizer apply gradients that are summed over replicas already.

    Keras sums them when it applies them; clipping needs the sum before, and
    twice would multiply them.
    """
    optimizer._all_reduce_sum_gradients = lambda pairs: pairs


def variable_index(optimizer: keras.optimizers.Optimizer, variable: Any) -> int:
    """The place of a variable among those that the optimizer was built for."""
    return optimizer._get_variable_index(variable)


def name_own_weights(layer: keras.layers.Layer, path: str) -> None:
    """Puts trainable weights that the layer itself holds under another path."""
    for variable in layer._trainable_variables:
        variable._path = f"{path}/{variable.name}"


def efficient_net(
    width: float, depth: float, size: int, stages: int, **options: Any
) -> keras.Model:
    """`keras.applications.EfficientNetB0` to `B7`, random, of some stages.

    Args:
        width: factor on channels.
        depth: factor on blocks.
        size: height and width that it is for, pixels.
        stages: stages of blocks, 7 at most.
        options: further arguments of Keras' function.
    """
    blocks = efficientnet.DEFAULT_BLOCKS_ARGS[:stages]
    return efficientnet.EfficientNet(
        width, depth, size, blocks_args=blocks, weights=None, **options
    )


def _call(node: Any) -> Call:
    return Call(node.operation, node.input_tensors, node.outputs, node)
