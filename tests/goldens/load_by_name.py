"""Puts the weights of a public checkpoint into a network of ours."""

from collections.abc import Callable, Mapping

import keras
import numpy as np


def load(
    network: keras.Model,
    published_name: Callable[[str], str | None],
    named_weights: Mapping[str, np.ndarray],
    outputs_first: bool = True,
) -> set[str]:
    """Fills every weight of `network` that has a public name.

    Args:
        network: a backbone or its published head.
        published_name: our weight's path to the checkpoint's name.
        named_weights: the checkpoint.
        outputs_first: whether its kernels are PyTorch's, (O, I, *k), and not
            TensorFlow's, (*k, I, O).

    Returns:
        The names that were used.
    """
    used = set()
    for each in network.weights:
        name = published_name(each.path)
        if name is None:
            continue
        value = named_weights[name]
        if outputs_first and each.path.endswith("/kernel"):
            value = np.transpose(value, (*range(2, value.ndim), 1, 0))
        each.assign(np.reshape(value, each.shape))
        used.add(name)
    return used
