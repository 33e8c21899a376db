"""Detects faces in an image with OpenCV's Haar cascades.

Source: Viola and Jones, "Rapid object detection using a boosted cascade of
simple features", CVPR 2001. Detects frontal and profile faces; misses faces
that are strongly tilted, half hidden or very small.
"""

import pathlib
from typing import NamedTuple

import cv2
import numpy as np

from tfrecords_tools.base import errors

_FILES = ("haarcascade_frontalface_default", "haarcascade_profileface")
_WINDOW = 24  # Pixels, what the cascades were trained on; the profile has 20.


class Box(NamedTuple):
    """A part of an image, pixels; right and bottom are exclusive."""

    left: int
    top: int
    right: int
    bottom: int


class FaceDetector:
    """Detects faces in any number of images."""

    def __init__(
        self, smallest: int = 24, neighbors: int = 3, step: float = 1.1
    ) -> None:
        """Loads the cascades.

        Args:
            smallest: side of a face, pixels.
            neighbors: overlapping detections that make a face.
            step: scale factor between detection sizes, above 1.

        Raises:
            UserError: the OpenCV package has no cascades.
        """
        self._scale = _WINDOW / smallest
        self._neighbors, self._step = neighbors, step
        self._front, self._side = (_loaded(name) for name in _FILES)

    def find(self, gray: np.ndarray) -> list[Box]:
        """Returns the faces in upright uint8 [h, w], sorted; may overlap."""
        height, width = gray.shape
        size = [max(1, round(side * self._scale)) for side in (width, height)]
        if self._scale != 1:
            way = cv2.INTER_AREA if self._scale < 1 else cv2.INTER_LINEAR
            gray = cv2.resize(gray, size, interpolation=way)
        gray = cv2.equalizeHist(np.ascontiguousarray(gray))
        found = [*self._detected(self._front, gray)]
        found += self._detected(self._side, gray)
        # The cascade detects only faces that look to the left.
        for x, y, w, h in self._detected(self._side, cv2.flip(gray, 1)):
            found.append((size[0] - x - w, y, w, h))
        across, down = width / size[0], height / size[1]
        return sorted(
            Box(
                round(x * across),
                round(y * down),
                round((x + w) * across),
                round((y + h) * down),
            )
            for x, y, w, h in found
        )

    def _detected(
        self, cascade: cv2.CascadeClassifier, gray: np.ndarray
    ) -> list[tuple[int, int, int, int]]:
        if min(gray.shape) < _WINDOW:
            return []
        found = cascade.detectMultiScale(
            gray,
            scaleFactor=self._step,
            minNeighbors=self._neighbors,
            minSize=(_WINDOW, _WINDOW),
        )
        return [tuple(int(side) for side in box) for box in found]


def _loaded(name: str) -> cv2.CascadeClassifier:
    path = pathlib.Path(cv2.data.haarcascades) / f"{name}.xml"
    if not hasattr(cv2, "CascadeClassifier") or not path.is_file():
        raise errors.UserError(
            f"OpenCV {cv2.__version__} comes without {path.name}, which "
            "--clean=faces needs: install opencv-python-headless>=4.14,<5"
        )
    return cv2.CascadeClassifier(str(path))
