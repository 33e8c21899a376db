"""Fingerprints of trained networks."""

import hashlib

import keras
import numpy as np

from video_models.introspection import layer_paths


def compute(network: keras.Model) -> str:
    """Returns a hex SHA-256 of names, shapes and bytes of all weights."""
    found = hashlib.sha256()
    for path, _, _, variable in layer_paths.weights(network):
        value = keras.ops.convert_to_numpy(variable)
        found.update(f"{path} {value.shape} {value.dtype}\n".encode())
        found.update(np.ascontiguousarray(value).tobytes())
    return found.hexdigest()
