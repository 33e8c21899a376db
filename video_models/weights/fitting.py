"""Loads named arrays into the weights of networks, and records what fits."""

import collections
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import keras
import numpy as np

from video_models.introspection import layer_paths


class Target(NamedTuple):
    """A weight to load.

    Attributes:
        path: `classifier/r2plus1d/stem_space/kernel`.
        slot: the path with the weight's number in the layer instead of its
            name.
        least: number of trailing names that an array's path must share: those
            from the layer on.
        variable: the weight.
    """

    path: str
    slot: str
    least: int
    variable: keras.Variable

    @property
    def layer(self) -> str:
        """The path of its layer."""
        names = self.path.split("/")
        return "/".join(names[: len(names) - self.least + 1])

    @property
    def part(self) -> str:
        """The path of the network that contains the layer."""
        return self.layer.rpartition("/")[0]


class Row(NamedTuple):
    """The result of loading one weight.

    Attributes:
        target: the weight.
        source: name of its array; None if it keeps its initial value.
        why: why it keeps its initial value.
        array: the array to load.
        note: a remark on the array.
        loaded: fraction of its numbers that come from the source.
    """

    target: Target
    source: str | None
    why: str = ""
    array: np.ndarray | None = None
    note: str = ""
    loaded: float = 1.0


Compare = Callable[[Target, str, np.ndarray], Row]


def list_targets(networks: Mapping[str, keras.Model]) -> list[Target]:
    """Returns all weights of some networks, in order."""
    return [
        Target(
            f"{name}/{each.path}",
            f"{name}/{each.slot}",
            len(each.path.split("/")) - len(each.layer.split("/")) + 1,
            each.variable,
        )
        for name, network in networks.items()
        for each in layer_paths.weights(network)
    ]


def match_shapes(target: Target, name: str, array: np.ndarray) -> Row:
    """Matches a weight and its array by shape."""
    if tuple(array.shape) != tuple(target.variable.shape):
        was = tuple(int(size) for size in array.shape)
        return Row(target, None, f"was {was}")
    return Row(target, name, array=array)


def load_by_path(
    targets: Iterable[Target],
    arrays: Mapping[str, np.ndarray],
    by_slot: bool = False,
    compare: Compare = match_shapes,
) -> list[Row]:
    """Loads arrays whose names are paths of our layers.

    Paths may start differently: weights of a backbone alone, or of a network
    with another head, fit as well. Of several candidates, the one with the
    most trailing names in common is taken, each only once.

    Args:
        targets: the weights.
        arrays: arrays by path.
        by_slot: whether paths end in the number of the weight.
        compare: matches an array and its weight.

    Returns:
        A row per weight, in the order of `targets`.
    """
    targets = list(targets)
    ends = {
        each.path: (
            (each.slot if by_slot else each.path).split("/"),
            each.least,
        )
        for each in targets
    }
    pairs = _pair(ends, arrays)
    rows = []
    for target in targets:
        name = pairs.get(target.path)
        if name is None:
            rows.append(Row(target, None, "not there"))
        else:
            rows.append(compare(target, name, arrays[name]))
    return assign(rows)


def assign(rows: Iterable[Row]) -> list[Row]:
    """Assigns the arrays; all weights of a layer, or none.

    Without its kernel, the bias of a layer for other classes is meaningless.
    """
    rows = list(rows)
    other = ("was ", "its labels were ")
    changed = {r.target.layer for r in rows if r.why.startswith(other)}
    settled = []
    for row in rows:
        if row.source is not None and row.target.layer in changed:
            row = Row(row.target, None, "its layer was another")
        elif row.source is not None:
            dtype = row.target.variable.dtype
            row.target.variable.assign(np.asarray(row.array, dtype))
            row = row._replace(array=None)
        settled.append(row)
    return settled


def _pair(
    targets: dict[str, tuple[list[str], int]], arrays: Iterable[str]
) -> dict[str, str]:
    """Returns the array's name by path; longest common ends first."""
    ends = collections.defaultdict(list)
    for name in arrays:
        parts = name.split("/")
        for length in range(1, len(parts) + 1):
            ends[tuple(parts[-length:])].append(name)
    pairs: dict[str, str] = {}
    taken: set[str] = set()
    most = max((len(parts) for parts, _ in targets.values()), default=0)
    for length in range(most, 0, -1):
        for path, (parts, least) in targets.items():
            if path in pairs or not least <= length <= len(parts):
                continue
            free = [n for n in ends[tuple(parts[-length:])] if n not in taken]
            if len(free) == 1:
                pairs[path] = free[0]
                taken.add(free[0])
    return pairs
