"""Loads files and folders of weights of every known format."""

import pathlib
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from tfrecords_tools.base import errors
from video_models.weights import (
    fitting,
    garden_checkpoint,
    keras_file,
    published_weights,
    run_checkpoints,
    safetensors_file,
    torch_file,
)

_SAFETENSORS = (".safetensors", ".zip")
_TORCH = (".pth", ".pt", ".bin", ".ckpt", ".pyth", ".tar")


class Published(NamedTuple):
    """How a network finds its weights in public checkpoints.

    Attributes:
        flag: the flag that chose the network, for messages.
        name: see `published_name` of a backbone; None if it has none.
        networks: paths of the networks with published layers; empty: all.
    """

    flag: str
    name: published_weights.Named | None
    networks: tuple[str, ...] = ()


def load(
    path: pathlib.Path,
    targets: list[fitting.Target],
    published: Published,
    compare: fitting.Compare,
    flag: str,
) -> tuple[list[fitting.Row], list[str]]:
    """Loads all weights that fit; call it in the strategy's scope.

    Args:
        path: a run folder, a checkpoint folder, a file of Keras, PyTorch or
            safetensors (also within a ZIP archive), or a Model Garden
            checkpoint (its folder, or its path without .index).
        targets: the weights.
        published: how public checkpoints name them.
        compare: matches an array and its weight.
        flag: the flag that chose the path, for messages.

    Returns:
        A row per weight, and the names of all arrays.

    Raises:
        UserError: the file is missing or unreadable.
    """
    garden = garden_path(path)
    if garden:
        arrays = garden_checkpoint.read(garden)
        rows = _published(targets, arrays, published, False, compare, flag)
        return rows, list(arrays)
    if path.is_dir():
        arrays = run_checkpoints.averaged_weights(path)
        rows = fitting.load_by_path(targets, arrays, compare=compare)
        return rows, list(arrays)
    if not path.exists():
        raise errors.UserError(
            f"--{flag}={path}: there is no such file or folder"
        )
    if path.suffix in (".keras", ".h5"):
        arrays = keras_file.read(path)
        rows = fitting.load_by_path(targets, arrays, True, compare)
        return rows, list(arrays)
    if path.suffix in (*_SAFETENSORS, *_TORCH):
        is_torch = path.suffix in _TORCH
        arrays = (torch_file if is_torch else safetensors_file).read(path)
        rows = _published(targets, arrays, published, True, compare, flag)
        return rows, list(arrays)
    raise errors.UserError(
        f"--{flag}={path}: wanted a run's or a checkpoint's folder, or "
        "a file that ends in .keras, .weights.h5, "
        f"{', '.join((*_SAFETENSORS, *_TORCH))}"
    )


def garden_path(path: pathlib.Path) -> str | None:
    """Returns the path without `.index` of a Model Garden checkpoint."""
    if path.is_dir():
        return garden_checkpoint.newest(path)
    return str(path) if pathlib.Path(f"{path}.index").is_file() else None


def _published(
    targets: list[fitting.Target],
    arrays: Mapping[str, np.ndarray],
    published: Published,
    outputs_first: bool,
    compare: fitting.Compare,
    flag: str,
) -> list[fitting.Row]:
    if published.name is None:
        raise errors.UserError(
            f"{published.flag} has no published weights: "
            f"--{flag} wants a run's folder, a .keras or a .weights.h5"
        )
    return published_weights.load(
        targets,
        published.name,
        arrays,
        outputs_first,
        published.networks,
        compare,
    )
