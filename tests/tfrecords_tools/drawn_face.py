"""A drawn face that a detector takes for a real one."""

import cv2
import numpy as np


def face(side: int = 120) -> np.ndarray:
    """uint8 [side, side, 3] RGB on gray ground, seen from the front."""
    image = np.full((240, 240, 3), 120, np.uint8)
    skin, shade, dark = (215, 175, 150), (180, 135, 115), (50, 35, 30)
    cv2.ellipse(image, (120, 95), (88, 88), 0, 0, 360, dark, -1)  # Hair.
    cv2.ellipse(image, (120, 125), (78, 102), 0, 0, 360, skin, -1)
    for x in (85, 155):
        cv2.ellipse(image, (x, 105), (26, 15), 0, 0, 360, shade, -1)
        cv2.ellipse(image, (x, 108), (16, 8), 0, 0, 360, (240, 240, 240), -1)
        cv2.circle(image, (x, 108), 8, dark, -1)
        cv2.ellipse(image, (x, 88), (25, 6), 0, 0, 360, dark, -1)  # Brow.
    cv2.rectangle(image, (112, 95), (128, 145), (230, 195, 170), -1)
    cv2.ellipse(image, (120, 150), (20, 9), 0, 0, 360, shade, -1)
    cv2.ellipse(image, (120, 185), (34, 9), 0, 0, 360, (150, 60, 60), -1)
    image = cv2.GaussianBlur(image, (0, 0), 3)
    return cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA)


def scene(
    x: int | None, y: int = 30, size: tuple[int, int] = (180, 320), side=120
) -> np.ndarray:
    """uint8 [h, w, 3] with some grain: the face's corner at x, y, if any."""
    image = np.full((*size, 3), 120, np.uint8)
    if x is not None:
        image[y : y + side, x : x + side] = face(side)
    grain = np.random.default_rng(0).normal(0, 5, (*size, 1))
    return (image + grain).clip(0, 255).astype(np.uint8)
