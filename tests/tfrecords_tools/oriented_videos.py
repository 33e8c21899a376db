"""Videos with a display matrix, and what players show of them.

Each corner of a coded frame has its own brightness and colour.
"""

import pathlib

import numpy as np

from tests.tfrecords_tools import numbered_videos

ONE = 1 << 16
# By name: a, b, c and d, which show coded (x, y) at (ax + cy, bx + dy).
EIGHT = {
    "upright": (1, 0, 0, 1),
    "quarter": (0, 1, -1, 0),
    "half": (-1, 0, 0, -1),
    "three quarters": (0, -1, 1, 0),
    "mirrored": (-1, 0, 0, 1),
    "upside down": (1, 0, 0, -1),
    "transposed": (0, 1, 1, 0),
    "transposed the other way": (0, -1, -1, 0),
}


def corners(height: int = 64, width: int = 96) -> np.ndarray:
    """uint8 [height, width, 3]: four corners that differ, on a ramp."""
    image = np.full((height, width, 3), 90, np.uint8)
    image += np.linspace(0, 40, width).astype(np.uint8)[:, None]
    high, wide = height // 2, width // 4
    image[:high, :wide] = 230, 40, 40
    image[:high, -wide:] = 40, 200, 40
    image[-high:, :wide] = 40, 40, 220
    image[-high:, -wide:] = 240, 240, 240
    return image


def matrix(a: float, b: float, c: float, d: float) -> list[int]:
    """The nine numbers of a display matrix as FFmpeg holds them."""
    return [round(ONE * v) for v in (a, b, 0, c, d, 0, 0, 0)] + [1 << 30]


def by_name(name: str) -> list[int]:
    """The display matrix of one of the eight."""
    return matrix(*EIGHT[name])


def write(
    path: pathlib.Path,
    numbers: tuple | None = None,
    size: tuple[int, int] = (64, 96),
    **settings,
) -> pathlib.Path:
    """Three frames of `corners`, with a matrix or without one."""
    return numbered_videos.write_video(
        path,
        [corners(*size)] * 3,
        display_matrix=None if numbers is None else matrix(*numbers),
        **settings,
    )


def shown(image: np.ndarray, numbers: tuple[int, int, int, int]) -> np.ndarray:
    """Moves every pixel to where one of the eight matrices shows it."""
    a, b, c, d = numbers
    y, x = np.mgrid[: image.shape[0], : image.shape[1]]
    columns, rows = a * x + c * y, b * x + d * y
    rows, columns = rows - rows.min(), columns - columns.min()
    moved = np.zeros((rows.max() + 1, columns.max() + 1, *image.shape[2:]))
    moved[rows, columns] = image
    return moved.astype(image.dtype)
