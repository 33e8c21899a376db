"""Weights and clips that two programs draw alike, knowing only names.

NumPy alone: a reference network's environment imports this file too.
"""

import zlib
from collections.abc import Mapping, Sequence

import numpy as np


def draw(
    shapes: Mapping[str, Sequence[int]], gain: float = 1.0
) -> dict[str, np.ndarray]:
    """float32 weights that keep activations of order one.

    Args:
        shapes: checkpoint's name to shape, PyTorch's or TensorFlow's.
        gain: of matrices and kernels, whose deviation is
            gain / sqrt(inputs); sqrt(2) keeps the signal in networks of ReLU
            without residual connections.
    """
    return {name: weight(name, shapes[name], gain) for name in shapes}


def weight(name: str, shape: Sequence[int], gain: float = 1.0) -> np.ndarray:
    """The float32 weight of this name; other weights do not change it."""
    shape = tuple(shape)
    generator = np.random.default_rng(zlib.crc32(name.encode()))
    kind = name.replace("/", ".").split(".")[-1].split(":")[0]
    if kind == "num_batches_tracked":
        return np.zeros(shape, np.float32)
    if kind in ("running_var", "moving_variance"):
        return np.float32(generator.uniform(0.5, 1.5, shape))
    normal = generator.standard_normal(shape)
    if kind in ("running_mean", "moving_mean", "beta") or "bias" in kind:
        return np.float32(0.1 * normal)
    if kind == "gamma" or (kind.endswith("weight") and len(shape) == 1):
        return np.float32(1.0 + 0.1 * normal)
    if kind.endswith(("weight", "kernel")):
        return np.float32(gain * normal / np.sqrt(_inputs(kind, shape)))
    return np.float32(0.5 * normal)  # Positions and class tokens.


def clip(frames: int, size: int) -> np.ndarray:
    """uint8 [1, frames, size, size, 3]."""
    shape = (1, frames, size, size, 3)
    return np.random.default_rng(0).integers(0, 256, shape, np.uint8)


def _inputs(kind: str, shape: tuple[int, ...]) -> int:
    """Values that one output sums over."""
    if kind.endswith("weight"):  # PyTorch: outputs first.
        return int(np.prod(shape[1:]))
    if kind == "depthwise_kernel":  # TensorFlow: the last two are channels.
        return int(np.prod(shape[:-2]))
    return int(np.prod(shape[:-1]))
