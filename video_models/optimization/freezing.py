"""Freezes layers, chosen by their paths."""

import re

import keras

from tfrecords_tools.base import errors
from video_models.introspection import layer_depth, layer_paths

BACKBONE = "backbone"


def freeze(
    networks: dict[str, keras.Model], patterns: tuple[str, ...]
) -> list[keras.Variable]:
    """Freezes all layers that a pattern matches.

    Their normalisation uses its moving averages without updating them; dropout
    stays active.

    Args:
        networks: name to network.
        patterns: regular expressions, searched in the `network/path` of
            layers, such as `classifier/r2plus1d/stem_space`; or `backbone`,
            for all layers of the backbone.

    Returns:
        The frozen variables.

    Raises:
        UserError: a pattern is invalid or matches nothing.
    """
    placed = [
        layer_paths.PlacedLayer(f"{name}/{each.path}", each.layer)
        for name, network in networks.items()
        for each in layer_paths.layers(network)
        if each.layer.weights
    ]
    frozen: dict[int, keras.layers.Layer] = {}
    for pattern in patterns:
        if pattern == BACKBONE:
            found = _of_backbones(networks)
        else:
            search = _compiled(pattern)
            found = [each.layer for each in placed if search(each.path)]
        if not found:
            raise errors.UserError(
                f"--train.freeze={pattern} is found in no layer: wanted a "
                "part of the path of one, such as in "
                + ", ".join(_group_paths(networks))
            )
        frozen |= {id(layer): layer for layer in found}
    for layer in frozen.values():
        layer.trainable = False
    return [v for layer in frozen.values() for v in layer.weights]


def _of_backbones(
    networks: dict[str, keras.Model],
) -> list[keras.layers.Layer]:
    """The layers of the first nested network of each network."""
    backbones = [
        next(filter(layer_paths.is_network, network.layers), None)
        for network in networks.values()
    ]
    return [
        each.layer
        for backbone in filter(None, backbones)
        for each in layer_paths.layers(backbone)
        if each.layer.weights
    ]


def _compiled(pattern: str):
    try:
        return re.compile(pattern).search
    except re.error as error:
        raise errors.UserError(
            f"--train.freeze={pattern} is no regular expression: {error}"
        ) from error


def _group_paths(networks: dict[str, keras.Model]) -> list[str]:
    return [
        f"{name}/{path}"
        for name, network in networks.items()
        for path in layer_depth.groups(network)
    ]
