"""Counts the multiply-adds of a network, like the flops of fvcore.

Counts operations of the graph, including those inside layers: convolutions
over any number of axes (also grouped, depthwise and transposed), Dense, matrix
products and einsum, hence both products of attention. Bias, normalisation,
activation, pooling and sums count nothing.
"""

import math
import re
from typing import NamedTuple

import tensorflow as tf

from launch.model_summary import network_graph
from tfrecords_tools.base import errors
from video_models.introspection import tensorflow_internals


class OperationCost(NamedTuple):
    """Multiply-adds of one operation.

    Attributes:
        path: its name in the graph: the enclosing layers, outermost first,
            joined by "/".
        multiply_adds: of one clip.
    """

    path: str
    multiply_adds: int


def count_per_operation(
    traced: tf.types.experimental.ConcreteFunction,
) -> list[OperationCost]:
    """Counts per operation, in graph order; omits operations without any.

    Args:
        traced: a function for one clip, see `network_graph.trace`.

    Raises:
        UserError: the graph has a loop of unknown length.
    """
    operations = network_graph.needed_for(traced.outputs)
    counted = [OperationCost(o.name, _of_operation(o)) for o in operations]
    return [each for each in counted if each.multiply_adds]


def _of_operation(operation: tf.Operation) -> int:
    if operation.type in _PRODUCTS:
        return _PRODUCTS[operation.type](operation)
    if operation.type in ("While", "StatelessWhile"):
        body = operation.get_attr("body").name
        return _rounds(operation) * _of_function(operation.graph, body)
    # Conditionals: the most expensive branch.
    names = _functions_called_by(operation)
    return max((_of_function(operation.graph, n) for n in names), default=0)


def _functions_called_by(operation: tf.Operation) -> list[str]:
    kinds = {each.name: each.type for each in operation.op_def.attr}
    single = [name for name, kind in kinds.items() if kind == "func"]
    several = [name for name, kind in kinds.items() if kind == "list(func)"]
    functions = [operation.get_attr(name) for name in single]
    for name in several:
        functions += operation.get_attr(name)
    return [function.name for function in functions]


def _of_function(graph: tf.Graph, name: str) -> int:
    body = tensorflow_internals.function_in(graph, name)
    operations = network_graph.needed_for(body.outputs)
    return sum(_of_operation(each) for each in operations)


def _rounds(loop: tf.Operation) -> int:
    # The inputs of tf.while_loop are its counter and maximum_iterations, which
    # Keras passes as the maximum of a constant.
    limit = loop.inputs[1]
    given = tf.get_static_value(
        limit.op.inputs[0] if limit.op.type == "Max" else limit
    )
    if given is None or given.size != 1 or given.item() < 0:
        raise errors.UserError(
            f"{loop.name} is a loop of unknown length, so its multiply-adds "
            "cannot be counted: wanted one with maximum_iterations"
        )
    return given.item()


def _of_convolution(operation: tf.Operation) -> int:
    """The kernel is [..., input channels per output, output channels]."""
    kernel = operation.inputs[1].shape
    return math.prod(operation.outputs[0].shape) * math.prod(kernel[:-1])


def _of_depthwise(operation: tf.Operation) -> int:
    kernel = operation.inputs[1].shape
    return math.prod(operation.outputs[0].shape) * math.prod(kernel[:2])


def _of_transposed(operation: tf.Operation) -> int:
    """Of the forward pass: the kernel is [..., output, input channels]."""
    _, kernel, spread = operation.inputs
    return math.prod(spread.shape) * math.prod(kernel.shape[:-1])


def _of_matmul(operation: tf.Operation) -> int:
    transposed = {"MatMul": "transpose_a"}.get(operation.type, "adj_x")
    axis = -2 if operation.get_attr(transposed) else -1
    summed = operation.inputs[0].shape[axis]
    return math.prod(operation.outputs[0].shape) * summed


def _of_einsum(operation: tf.Operation) -> int:
    """The product of all labels' lengths; 0 for a single operand."""
    if len(operation.inputs) < 2:
        return 0
    lengths: dict[str, int] = {}
    terms = operation.get_attr("equation").decode().split("->")[0].split(",")
    for term, tensor in zip(terms, operation.inputs, strict=True):
        for label, length in _labelled(term, list(tensor.shape)):
            lengths[label] = max(length, lengths.get(label, 1))
    return math.prod(lengths.values())


def _labelled(term: str, shape: list[int]) -> list[tuple[str, int]]:
    """`[("a", 2), ("...-1", 3)]` for "a..." and [2, 3]."""
    before, dots, after = re.fullmatch(r"(\w*)(\.\.\.)?(\w*)", term).groups()
    rest = len(shape) - len(before) - len(after) if dots else 0
    labels = [*before, *(f"...{n - rest}" for n in range(rest)), *after]
    return list(zip(labels, shape, strict=True))


_PRODUCTS = {
    "Conv2D": _of_convolution,
    "Conv3D": _of_convolution,
    "DepthwiseConv2dNative": _of_depthwise,
    "Conv2DBackpropInput": _of_transposed,
    "Conv3DBackpropInputV2": _of_transposed,
    "MatMul": _of_matmul,
    "BatchMatMul": _of_matmul,
    "BatchMatMulV2": _of_matmul,
    "BatchMatMulV3": _of_matmul,
    "Einsum": _of_einsum,
}
