"""Loads the weights of public checkpoints by their published names."""

import collections
import math
import re
from collections.abc import Callable, Iterable, Mapping

import numpy as np

from video_models.weights import fitting

NOT_PUBLISHED = "not published"  # Why a weight is not loaded.

Named = Callable[[str], str | None]


def load(
    targets: Iterable[fitting.Target],
    published_name: Named,
    arrays: Mapping[str, np.ndarray],
    outputs_first: bool,
    networks: tuple[str, ...] = (),
    compare: fitting.Compare = fitting.match_shapes,
) -> list[fitting.Row]:
    """Loads the weights that `published_name` finds in a checkpoint.

    Kernels of PyTorch, (O, I, *k), become (*k, I, O); then every array is
    reshaped, as a dense layer may hold a convolution.

    Args:
        targets: the weights.
        published_name: our path, from the containing network on -> the
            checkpoint's name, or None.
        arrays: the checkpoint. A common prefix of its names, such as
            `module.`, is ignored.
        outputs_first: whether kernels are in PyTorch's order.
        networks: those with published layers; empty: all.
        compare: matches an array and its weight.

    Returns:
        A row per weight, in the order of `targets`.
    """
    names = {
        target.path: published_name(_inside(target))
        if not networks or set(networks) & set(target.part.split("/"))
        else None
        for target in targets
    }
    prefix = _prefix({name for name in names.values() if name}, arrays)
    rows = []
    for target in targets:
        name = names[target.path]
        if name is None:
            rows.append(fitting.Row(target, None, NOT_PUBLISHED))
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
    """Returns the most common prefix of the names in a checkpoint."""
    counts: collections.Counter[str] = collections.Counter()
    for name in arrays:
        begins = [0, *(m.end() for m in re.finditer("[./]", name))]
        counts.update(name[:at] for at in begins if name[at:] in names)
    return counts.most_common(1)[0][0] if counts else ""
