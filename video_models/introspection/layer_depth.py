"""How deep each layer stands: groups of layers that are one step of depth.

A group is told by the layers' names, which begin with their block:
`stage1_block2_first_norm` belongs to `stage1_block2`, `stem_space` to `stem`.
Layer-wise learning rates, freezing and recomputation all count in groups.
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
    """The group of a layer by its name; else the name's first word."""
    found = _GROUP.match(layer)
    return found[1] if found else layer.partition("_")[0]


def groups(network: keras.Model) -> dict[str, list[layer_paths.PlacedLayer]]:
    """Path of each group, from the pixels on, to its layers with weights.

    Blocks may run beside one another; but a norm at the end is no part of
    what begins with the same word.
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
    """How many groups lie between each weight and the head.

    The head has distance 0: every nested network that gives an output of the
    whole, or else the last group. A group without a kernel, such as a last
    normalisation, counts with the one after it.

    Returns:
        id of a variable to its distance.
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
    """Whether any of the layers has more than scales and offsets."""
    return any(
        len(variable.shape) > 1
        for each in placed
        for variable in each.layer.weights
    )


def _is_apart(
    placed: layer_paths.PlacedLayer, before: list[layer_paths.PlacedLayer]
) -> bool:
    """Whether a layer only shares a word with those of the group."""
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
    """Names of the nested networks that give an output."""
    makers = [
        keras_internals.producing_call(tensor).operation
        for tensor in network.outputs
    ]
    return {each.name for each in makers if layer_paths.is_network(each)}
