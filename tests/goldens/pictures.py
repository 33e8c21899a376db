"""Photographs in the wheel of scikit-image, found without importing it."""

import pathlib
from importlib import metadata

import numpy as np
import PIL.Image

PACKAGE = "scikit-image"


def centre(name: str, size: int) -> np.ndarray:
    """The square in the middle of a picture, uint8 [size, size, 3].

    Args:
        name: `chelsea.png`, `coffee.png`, ...
        size: height and width, pixels; nothing is scaled.

    Raises:
        PackageNotFoundError: the package is not installed.
    """
    package = metadata.distribution(PACKAGE)
    path = pathlib.Path(str(package.locate_file(f"skimage/data/{name}")))
    with PIL.Image.open(path) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    row, column = ((side - size) // 2 for side in pixels.shape[:2])
    return pixels[row : row + size, column : column + size]
