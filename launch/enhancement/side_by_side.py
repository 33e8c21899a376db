"""Joins the input and the result into one picture."""

import cv2
import numpy as np

LINE = 2  # Pixels between the halves, white.


def joined(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """The input on the left, the result on the right, a line between.

    Args:
        before: uint8 [h, w, 3].
        after: uint8 [H, W, 3].

    Returns:
        uint8 [H, 2 W + 2, 3].
    """
    height, width = after.shape[:2]
    large = before
    if before.shape != after.shape:
        large = cv2.resize(
            before, (width, height), interpolation=cv2.INTER_CUBIC
        )
    line = np.full((height, LINE, 3), 255, np.uint8)
    return np.concatenate([large, line, after], axis=1)
