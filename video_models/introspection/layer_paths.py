"""Where the layers and weights of a network stand: paths by their names.

A path goes through nested networks, so that it is told from others of the
same name: `r2plus1d/stem_space/kernel`. Layers that hold layers of their
own, such as attention, count as one.
"""

from collections.abc import Iterator
from typing import NamedTuple

import keras


class PlacedLayer(NamedTuple):
    """A layer and its path from the network, `r2plus1d/stem_space`."""

    path: str
    layer: keras.layers.Layer

    @property
    def network(self) -> str:
        """The path of the network that it stands in; empty for the top."""
        return self.path.rpartition("/")[0]


class PlacedWeight(NamedTuple):
    """A weight and its two paths.

    Attributes:
        path: by its name, `r2plus1d/stem_space/kernel`.
        slot: by its number in its layer, as weight files of Keras have it,
            `r2plus1d/stem_space/0`.
        layer: the path of its layer.
        variable: the weight.
    """

    path: str
    slot: str
    layer: str
    variable: keras.Variable


def layers(network: keras.Model, within: str = "") -> Iterator[PlacedLayer]:
    """Every layer, those of nested networks one by one, in their order."""
    for layer in network.layers:
        path = f"{within}{layer.name}"
        if is_network(layer):
            yield from layers(layer, f"{path}/")
        else:
            yield PlacedLayer(path, layer)


def weights(network: keras.Model) -> list[PlacedWeight]:
    """Every weight once, in the order of the layers.

    The states of random layers are not weights.
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
    """The path of each of `network.variables`; None for random states."""
    paths = {id(each.variable): each.path for each in weights(network)}
    return [paths.get(id(variable)) for variable in network.variables]


def is_network(layer: keras.layers.Layer) -> bool:
    """Whether it is a nested network, and not one layer of its own making."""
    return isinstance(layer, keras.Sequential) or (
        isinstance(layer, keras.Model) and hasattr(layer, "operations")
    )


def _inside(layer: keras.layers.Layer, variable: keras.Variable) -> str:
    """The variable's path from the layer on, `query/kernel`."""
    parts = variable.path.split("/")
    own = parts.index(layer.name) + 1 if layer.name in parts else -1
    return "/".join(parts[own:])
