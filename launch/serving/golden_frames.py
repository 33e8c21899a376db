"""Reference inputs and outputs of an export that returns frames.

`assets.extra/golden.npz` of a version holds inputs of its signature and the
trained network's frames for them, so that an export can be verified anywhere.
The inputs are synthetic, never a user's video.
"""

import pathlib

import numpy as np
import tensorflow as tf

from launch.serving import versions

NAME = "golden.npz"
MAX_DIFFERENCE = 1
"""Largest difference in grey levels, from rounding."""


def write(
    version: pathlib.Path, inputs: dict[str, np.ndarray], frames: np.ndarray
) -> None:
    """Writes the file into a version.

    Args:
        version: the folder of the version.
        inputs: of `serving_default`, by name.
        frames: uint8, the network's outputs.
    """
    folder = version / versions.EXTRA
    folder.mkdir(exist_ok=True)
    named = {f"input_{name}": value for name, value in inputs.items()}
    np.savez_compressed(folder / NAME, made=frames, **named)


def path_in(folder: pathlib.Path) -> pathlib.Path | None:
    """The file of the newest or given version; None if missing."""
    path = versions.newest(folder) / versions.EXTRA / NAME
    return path if path.is_file() else None


def difference(path: pathlib.Path) -> int:
    """Largest difference of the export's frames, grey levels."""
    with np.load(path) as kept:
        golden = kept["made"].astype(int)
        inputs = {
            name.removeprefix("input_"): tf.constant(kept[name])
            for name in kept.files
            if name != "made"
        }
    model = versions.load(path.parents[1])
    frames = model.signatures["serving_default"](**inputs)["frames"]
    return int(np.abs(frames.numpy() - golden).max())


def pattern(frames: int) -> np.ndarray:
    """A clip of waves that move, uint8 [1, frames, 36, 44, 3]."""
    frame, row, column, color = np.indices((frames, 36, 44, 3))
    waves = np.sin((row + 2 * column) / 4 + frame / 2 + 2 * color)
    return (127 + 100 * waves).astype(np.uint8)[None]
