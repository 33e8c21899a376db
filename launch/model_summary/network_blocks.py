"""The layers and costs of each block of a network.

A block is a group of `video_models.introspection.layer_depth`: layers with a
common name prefix, such as `stage1_block2`. Operations between layers, such as
the products of attention, count towards the layer before them.
"""

import collections
import math
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import keras

from launch.model_summary import multiply_adds
from video_models.introspection import layer_depth, layer_paths


class LayerSummary(NamedTuple):
    """One layer, or the sum over a block.

    Attributes:
        name: `r2plus1d/stage1_block2`.
        kind: its classes, `2 Conv3D, ReLU`.
        shape: of the output, without the batch.
        parameters: trainable or not.
        multiply_adds: of one clip.
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    parameters: int
    multiply_adds: int


def layers_by_block(
    network: keras.Model, counted: list[multiply_adds.OperationCost]
) -> dict[str, list[LayerSummary]]:
    """Maps blocks to their layers, in network order.

    Args:
        network: with or without weights.
        counted: of the same network, see `multiply_adds.count_per_operation`.
    """
    costs = _costs(network, counted)
    blocks: dict[str, list[LayerSummary]] = {}
    block = ""
    for path, operation in _operations(network):
        if isinstance(operation, keras.layers.InputLayer):
            continue
        inside, slash, name = path.rpartition("/")
        if isinstance(operation, keras.layers.Layer):
            block = inside + slash + layer_depth.group(name)
        elif blocks and _network_of(block) == inside:
            pass  # Its name does not show its block.
        else:
            block = re.sub(r"_\d+$", "", path)
        layer = _part(path, operation, costs.get(path, 0))
        blocks.setdefault(block, []).append(layer)
    return blocks


def sum_layers(name: str, layers: list[LayerSummary]) -> LayerSummary:
    """Sums the layers of a block."""
    heavy = [each for each in layers if each.multiply_adds]
    heavy = heavy or [each for each in layers if each.parameters]
    kinds = collections.Counter(each.kind for each in heavy or layers[-1:])
    return LayerSummary(
        name,
        ", ".join(
            f"{n} {kind}" if n > 1 else kind for kind, n in kinds.items()
        ),
        layers[-1].shape,
        sum(each.parameters for each in layers),
        sum(each.multiply_adds for each in layers),
    )


def _network_of(path: str) -> str:
    return path.rpartition("/")[0]


def _part(path: str, operation: Any, cost: int) -> LayerSummary:
    output = keras.tree.flatten(operation.output)[-1]
    weights = getattr(operation, "weights", [])
    return LayerSummary(
        path,
        type(operation).__name__,
        tuple(output.shape[1:]),
        sum(math.prod(each.shape) for each in weights),
        cost,
    )


def _operations(
    network: keras.Model, within: str = ""
) -> Iterator[tuple[str, Any]]:
    """Yields paths and operations, including those of nested networks."""
    for operation in network.operations:
        path = f"{within}{operation.name}"
        if layer_paths.is_network(operation):
            yield from _operations(operation, f"{path}/")
        else:
            yield path, operation


def _costs(
    network: keras.Model, counted: list[multiply_adds.OperationCost]
) -> dict[str, int]:
    """Path of a layer to the multiply-adds inside and right after it."""
    known = {placed.path for placed in layer_paths.layers(network)}
    costs: dict[str, int] = collections.defaultdict(int)
    last = ""
    for each in counted:
        last = _layer_of(each.path, known) or last
        costs[last] += each.multiply_adds
    return costs


def _layer_of(path: str, known: set[str]) -> str:
    """`a/b` for `a_1/b_1/convolution`; empty between layers."""
    parts = path.split("/")
    for length in range(1, len(parts)):
        scopes = parts[:length]
        # A graph numbers the scopes of repeated names.
        plain = "/".join(re.sub(r"_\d+$", "", scope) for scope in scopes)
        for name in (plain, "/".join(scopes)):
            if name in known:
                return name
    return ""
