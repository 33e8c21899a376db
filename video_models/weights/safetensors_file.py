"""Reads safetensors files."""

import pathlib

import ml_dtypes  # noqa: F401, so that bfloat16 is a dtype of NumPy.
import numpy as np
import safetensors

from tfrecords_tools.base import errors


def read(path: str | pathlib.Path) -> dict[str, np.ndarray]:
    """Reads every tensor by name; UserError if it is no such file."""
    try:
        with safetensors.safe_open(path, "np") as file:
            return {name: file.get_tensor(name) for name in file.keys()}
    except (OSError, safetensors.SafetensorError) as error:
        raise errors.UserError(
            f"{path} cannot be read as safetensors: {error}"
        ) from error
