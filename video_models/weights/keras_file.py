"""Reads weights from Keras files without building networks."""

import json
import pathlib
import zipfile
from typing import Any

import h5py
import numpy as np

from tfrecords_tools.base import errors

_INSIDE = "model.weights.h5"
_CONFIG = "config.json"
_SCORES = "LabelScores"  # See `classification.label_scores`.


def read(path: str | pathlib.Path) -> dict[str, np.ndarray]:
    """Reads every weight of a `.keras`, `.weights.h5` or `.h5` file.

    Returns:
        Arrays by the names of nested layers and the weight's number in its
        layer, such as `r2plus1d/stem_space/0`. Files of Keras 2, such as
        those of keras.applications, have the names of the outer layers only.

    Raises:
        UserError: it is no such file, or Keras 3.0 to 3.5 wrote it without
            names.
    """
    try:
        if zipfile.is_zipfile(path):
            with (
                zipfile.ZipFile(path) as archive,
                archive.open(_INSIDE) as stream,
                h5py.File(stream, "r") as file,
            ):
                return _weights(file, path)
        with h5py.File(path, "r") as file:
            return _weights(file, path)
    except (OSError, KeyError) as error:
        raise errors.UserError(
            f"{path} cannot be read as a file of Keras ({error}): wanted "
            "what model.save or model.save_weights wrote"
        ) from error


def labels(path: str | pathlib.Path) -> tuple[str, ...]:
    """Reads the class names in a `.keras` file of `video_models.classifier`.

    Returns:
        Names in the order of the scores; empty if the file has none.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            model = json.loads(archive.read(_CONFIG))
        layers = model["config"]["layers"]
    except (OSError, zipfile.BadZipFile, ValueError, KeyError, TypeError):
        return ()
    for layer in layers:
        if layer.get("class_name") == _SCORES:
            return tuple(layer["config"]["labels"])
    return ()


def _weights(file: Any, path: Any) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {}
    top = file.get("model_weights", file)  # Of a whole model.
    if "layer_names" in top.attrs:
        return _of_keras_2(top)
    _collect(file, [], found)
    if not found:
        raise errors.UserError(
            f"{path} names no layers: wanted a file of Keras 3.6 or newer; "
            "load it with Keras and save it again"
        )
    return found


def _collect(group: Any, names: list[str], found: dict) -> None:
    own = group.get("vars")
    name = own.attrs.get("name") if own is not None else None
    if name is not None:
        names = [*names, str(name)]
        for key in filter(str.isdecimal, own):  # Others are no weights.
            found["/".join([*names, key])] = np.asarray(own[key])
    for key, value in group.items():
        if key not in ("vars", "optimizer") and hasattr(value, "items"):
            _collect(value, names, found)


def _of_keras_2(top: Any) -> dict[str, np.ndarray]:
    return {
        f"{layer}/{number}": np.asarray(top[layer][name])
        for layer in top.attrs["layer_names"]
        for number, name in enumerate(top[layer].attrs["weight_names"])
    }
