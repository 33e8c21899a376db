"""Puts the weights of public checkpoints, under their names, into ours."""

import collections
import math
import re
from collections.abc import Callable, Iterable, Mapping

import numpy as np

from video_models.weights import fitting

Named = Callable[[str], str | None]


def load(
    targets: Iterable[fitting.Target],
    published_name: Named,
    arrays: Mapping[str, np.ndarray],
    outputs_first: bool,
    parts: tuple[str, ...] = (),
    compare: fitting.Compare = fitting.match_shapes,
) -> list[fitting.Row]:
    """Loads what a backbone's `published_name` finds in a checkpoint.

    Kernels of PyTorch, (O, I, *k), become (*k, I, O); then every array is
    reshaped, as a dense layer may hold a convolution.

    Args:
        targets: the weights.
        published_name: our path, from the network right above the layer on,
            to the checkpoint's name; None for what it does not have.
        arrays: the checkpoint. Its names may begin with more, such as
            `module.`: with whatever most of them have in common.
        outputs_first: whether kernels are PyTorch's.
        parts: networks whose layers are published; empty: all.
        compare: whether, and how, an array fits its weight.

    Returns:
        A row a weight, in the order of `targets`.
    """
    names = {
        target.path: published_name(_inside(target))
        if not parts or set(parts) & set(target.part.split("/"))
        else None
        for target in targets
    }
    prefix = _prefix({name for name in names.values() if name}, arrays)
    rows = []
    for target in targets:
        name = names[target.path]
        if name is None:
            rows.append(fitting.Row(target, None, "not published"))
        elif prefix + name not in arrays:
            rows.append(fitting.Row(target, None, f"no {prefix}{name}"))
        else:
            array = arrays[prefix + name]
            array = _converted(target, array, outputs_first)
            rows.append(compare(target, prefix + name, array))
    return fitting.assign(rows)


def _converted(
    target: fitting.Target, array: np.ndarray, outputs_first: bool
) -> np.ndarray:
    shape = tuple(target.variable.shape)
    if array.size != math.prod(shape):
        return array
    is_kernel = target.path.endswith("kernel") and array.ndim > 1
    if outputs_first and is_kernel:
        array = np.transpose(array, (*range(2, array.ndim), 1, 0))
    return np.reshape(array, shape)


def _inside(target: fitting.Target) -> str:
    return "/".join(target.path.split("/")[-target.least :])


def _prefix(names: set[str], arrays: Iterable[str]) -> str:
    """What most names of a checkpoint have before the wanted ones."""
    counts: collections.Counter[str] = collections.Counter()
    for name in arrays:
        begins = [0, *(m.end() for m in re.finditer("[./]", name))]
        counts.update(name[:at] for at in begins if name[at:] in names)
    return counts.most_common(1)[0][0] if counts else ""
