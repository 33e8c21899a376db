"""Little videos whose pictures move, each in a way of its own."""

import pathlib
from fractions import Fraction

import cv2
import numpy as np

from tests.tfrecords_tools.numbered_videos import write_video

SIZE = (96, 128)  # height, width
FRAME_RATE = 24


def images(
    motion: int, scene: int = 0, frames: int = 48, rate: int = FRAME_RATE
) -> list[np.ndarray]:
    """Two seconds of three discs before a scene; the seed moves the discs."""
    random = np.random.RandomState(1000 + scene)
    rough = random.randint(40, 200, (6, 8, 3)).astype(np.uint8)
    behind = cv2.resize(rough, SIZE[::-1], interpolation=cv2.INTER_CUBIC)
    random = np.random.RandomState(motion)
    phases, speeds = random.rand(3, 2) * 6.3, random.uniform(2, 6, (3, 2))
    found = []
    for number in range(frames):
        image = behind.copy()
        for each, (phase, speed) in enumerate(zip(phases, speeds, strict=True)):
            place = 0.5 + 0.35 * np.sin(phase + speed * number / rate)
            x, y = (place * SIZE[::-1]).round().astype(int).tolist()
            level = 255 * (each % 2)
            cv2.circle(image, (x, y), 12, (level,) * 3, -1)
        found.append(image)
    return found


def write(
    path: pathlib.Path, pictures: list[np.ndarray], crf: int = 20
) -> pathlib.Path:
    """Encodes pictures at 24 frames a second."""
    options = {"crf": str(crf), "preset": "veryfast"}
    return write_video(
        path, pictures, time_base=Fraction(1, FRAME_RATE), options=options
    )
