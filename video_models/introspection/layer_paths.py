"""Paths of the layers and weights of a network.

A path includes nested networks, which makes it unique:
`r2plus1d/stem_space/kernel`. Layers with sublayers, such as attention, count
as one layer.
"""

from collections.abc import Iterator
from typing import NamedTuple

import keras


class PlacedLayer(NamedTuple):
    """A layer and its path, `r2plus1d/stem_space`."""

    path: str
    layer: keras.layers.Layer

    @property
    def network(self) -> str:
        """The path of the nested network that contains it; empty at the top."""
        return self.path.rpartition("/")[0]


class PlacedWeight(NamedTuple):
    """A weight and its two paths.

    Attributes:
        path: path by name, `r2plus1d/stem_space/kernel`.
        slot: path by number in its layer, as in Keras' weight files,
            `r2plus1d/stem_space/0`.
        layer: the path of its layer.
        variable: the weight.
    """

    path: str
    slot: str
    layer: str
    variable: keras.Variable


def layers(network: keras.Model, within: str = "") -> Iterator[PlacedLayer]:
    """Yields every layer in order, including those of nested networks."""
    for layer in network.layers:
        path = f"{within}{layer.name}"
        if is_network(layer):
            yield from layers(layer, f"{path}/")
        else:
            yield PlacedLayer(path, layer)


def weights(network: keras.Model) -> list[PlacedWeight]:
    """Returns every weight once, in the order of the layers.

    States of random layers are not weights.
    """
    found: dict[int, PlacedWeight] = {}
    for placed in layers(network):
        counts: dict[str, int] = {}
        for variable in placed.layer.weights:
            path = f"{placed.path}/{_inside(placed.layer, variable)}"
            owner = path.rpartition("/")[0]
            number = counts[owner] = counts.get(owner, -1) + 1
            slot = f"{owner}/{number}"
            weight = PlacedWeight(path, slot, placed.path, variable)
            found.setdefault(id(variable), weight)
    return list(found.values())


def names(network: keras.Model) -> list[str | None]:
    """Returns the paths of `network.variables`; None for random states."""
    paths = {id(each.variable): each.path for each in weights(network)}
    return [paths.get(id(variable)) for variable in network.variables]


def is_network(layer: keras.layers.Layer) -> bool:
    """Whether a layer is a nested network."""
    return isinstance(layer, keras.Sequential) or (
        isinstance(layer, keras.Model) and hasattr(layer, "operations")
    )


def _inside(layer: keras.layers.Layer, variable: keras.Variable) -> str:
    """The variable's path within the layer, `query/kernel`."""
    parts = variable.path.split("/")
    own = parts.index(layer.name) + 1 if layer.name in parts else -1
    return "/".join(parts[own:])
