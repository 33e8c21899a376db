"""Reads safetensors files, alone or as the only one of a ZIP archive."""

import pathlib
import zipfile
import zlib

import ml_dtypes  # noqa: F401, so that bfloat16 is a dtype of NumPy.
import numpy as np
import safetensors
import safetensors.numpy

from tfrecords_tools.base import errors

_ENDING = ".safetensors"


def read(path: str | pathlib.Path) -> dict[str, np.ndarray]:
    """Reads every tensor by name; UserError if it is no such file."""
    if pathlib.Path(path).suffix == ".zip":
        return _read_archive(path)
    try:
        with safetensors.safe_open(path, "np") as file:
            return {name: file.get_tensor(name) for name in file.keys()}
    except (OSError, safetensors.SafetensorError) as error:
        raise errors.UserError(
            f"{path} cannot be read as safetensors: {error}"
        ) from error


def _read_archive(path: str | pathlib.Path) -> dict[str, np.ndarray]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [n for n in archive.namelist() if n.endswith(_ENDING)]
            if len(names) == 1:
                return safetensors.numpy.load(archive.read(names[0]))
    except (
        OSError,
        zipfile.BadZipFile,
        zlib.error,
        safetensors.SafetensorError,
    ) as error:
        raise errors.UserError(
            f"{path} cannot be read as a ZIP archive of safetensors: {error}"
        ) from error
    raise errors.UserError(
        f"{path} has {len(names)} files that end in {_ENDING}, wanted one"
    )
