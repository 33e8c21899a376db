"""Depth of layers in a network, counted in groups of layers.

A layer's name starts with its group: `stage1_block2_first_norm` belongs to
`stage1_block2`, `stem_space` to `stem`. Layer-wise learning rates, freezing
and recomputation count in groups.
"""

import re

import keras

from video_models.introspection import keras_internals, layer_paths

_KINDS = "(?:stage|block|layer|unit)"
_GROUP = re.compile(
    # stage1_block2, slow_stage1, time_block3; else conv4, block2a, mixed3b.
    rf"((?:[a-z]+_)?{_KINDS}\d+[a-z]?(?:_{_KINDS}\d+[a-z]?)*|[a-z]+\d+[a-z]?)"
    r"(?=_|$)"
)


def group(layer: str) -> str:
    """Returns the group of a layer, by default the first word of its name."""
    found = _GROUP.match(layer)
    return found[1] if found else layer.partition("_")[0]


def groups(network: keras.Model) -> dict[str, list[layer_paths.PlacedLayer]]:
    """Returns the layers with weights of each group, from the pixels on.

    Groups may interleave, but a final normalisation does not belong to an
    earlier group of the same name.
    """
    found: dict[str, list[layer_paths.PlacedLayer]] = {}
    last = ""
    for placed in layer_paths.layers(network):
        if not placed.layer.weights:
            continue
        path = _path(placed)
        if path != last and _is_apart(placed, found.get(path, [])):
            path = f"{path} (again)"
        found.setdefault(path, []).append(placed)
        last = path
    return found


def distances(network: keras.Model) -> dict[int, int]:
    """Returns the number of groups between each weight and the head.

    The head has distance 0. It is every nested network that returns an output,
    or else the last group. A group without a kernel, such as a final
    normalisation, counts with the next group.

    Returns:
        id of a variable -> distance.
    """
    ordered = list(groups(network).values())
    heads = _heads(network)
    found: dict[int, int] = {}
    distance = 0
    for number, placed in enumerate(reversed(ordered)):
        is_head = placed[0].network.partition("/")[0] in heads
        if number and has_kernel(placed) and not is_head:
            distance += 1
        for each in placed:
            for variable in each.layer.weights:
                found.setdefault(id(variable), distance)
    return found


def has_kernel(placed: list[layer_paths.PlacedLayer]) -> bool:
    """Whether any of the layers has a kernel."""
    return any(
        len(variable.shape) > 1
        for each in placed
        for variable in each.layer.weights
    )


def _is_apart(
    placed: layer_paths.PlacedLayer, before: list[layer_paths.PlacedLayer]
) -> bool:
    """Whether a layer shares the group's name but is not part of it."""
    name = placed.layer.name
    owner = name.removesuffix("_norm")
    return (
        bool(before)
        and not _GROUP.match(name)
        and not has_kernel([placed])
        and owner not in [each.layer.name for each in before]
    )


def _path(placed: layer_paths.PlacedLayer) -> str:
    inside = f"{placed.network}/" if placed.network else ""
    return inside + group(placed.layer.name)


def _heads(network: keras.Model) -> set[str]:
    """Names of the nested networks that return an output."""
    makers = [
        keras_internals.producing_call(tensor).operation
        for tensor in network.outputs
    ]
    return {each.name for each in makers if layer_paths.is_network(each)}
