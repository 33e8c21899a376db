"""Command: frames whose face `--clean=faces` hides, tilted and scaled.

Run as `python -m tests.benchmarks.cleaning.hidden_faces --videos=FOLDER`, with
videos of one upright face each, such as the GRID corpus. A face counts as
hidden if a detection in that very frame covers its centre and is at least
half as wide, so the settings `hold` and `margin` do not help.
"""

import dataclasses
import functools
import pathlib
import time
from collections.abc import Callable

import cv2
import numpy as np

from tests.benchmarks.measuring import tables
from tfrecords_tools import label_balance
from tfrecords_tools.base import flags, progress, settings
from tfrecords_tools.cleaning import faces
from tfrecords_tools.media import pixel_video, reader

ANGLES = (0, 20, 35, 50, 70, 90)
SCALES = (1.0, 0.5, 0.25)
DETECTORS = ("centerface", "haar")


@dataclasses.dataclass(frozen=True)
class Config:
    """The command's flags."""

    videos: str = settings.setting("", "Folder of videos with one face each.")
    count: int = settings.setting(100, "Videos.", minimum=1)
    each: int = settings.setting(2, "Frames of each video.", minimum=1)


def run(resolved: flags.Resolved) -> None:
    """Prints a row for each size and angle."""
    config = resolved.settings
    paths = sorted(pathlib.Path(config.videos).rglob("*.mp4"))
    images = [
        image
        for path in paths[:: max(1, len(paths) // config.count)][: config.count]
        for image in _frames(path, config.each)
    ]
    cv2.setNumThreads(1)
    rows = []
    with progress.bar("detecting", len(SCALES) * len(ANGLES)) as update:
        for scale in SCALES:
            for angle in ANGLES:
                rows.append(_row(images, angle, scale))
                update(len(rows))
    print(tables.versions("opencv-python-headless", "numpy"))
    head = ["size", "degrees", "frames"]
    head += [f"{d}: {what}" for d in DETECTORS for what in ("hidden", "ms")]
    print(tables.markdown(head, rows))


def _row(images: list[np.ndarray], angle: int, scale: float) -> list[str]:
    row = [f"{scale:g}", str(angle), str(len(images))]
    for detector in DETECTORS:
        find = _finder(detector)
        hidden, seconds = 0, 0.0
        for image in images:
            turned, place = _turned(image, angle, scale)
            began = time.perf_counter()
            boxes = find(_planes(turned))
            seconds += time.perf_counter() - began
            hidden += any(_covers(box, place) for box in boxes)
        share = hidden / len(images)
        low, high = label_balance.wilson(share, len(images))
        row += [
            f"{share:.3f} ({low:.3f} to {high:.3f})",
            f"{1000 * seconds / len(images):.0f}",
        ]
    return row


@functools.cache
def _finder(detector: str) -> Callable:
    return faces._finder(faces.Config(detector=detector))


def _turned(
    image: np.ndarray, angle: int, scale: float
) -> tuple[np.ndarray, tuple[float, float, float]]:
    """Returns the image, and x, y and side of its face, in pixels."""
    high, wide = image.shape[:2]
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), angle, scale)
    across, up = abs(turn[0, 0]), abs(turn[0, 1])
    size = round(wide * across + high * up), round(high * across + wide * up)
    turn[:, 2] += np.array(size) / 2 - (wide / 2, high / 2)
    # Averages first: warpAffine would leave pixels out.
    blur = (1 / scale**2 - 1) ** 0.5 / 2
    soft = cv2.GaussianBlur(image, (0, 0), blur) if blur else image
    turned = cv2.warpAffine(soft, turn, size, borderValue=(128, 128, 128))
    box = _upright_face(image.tobytes(), image.shape)
    middle = (box.left + box.right) / 2, (box.top + box.bottom) / 2, 1
    return turned, (*(turn @ middle), scale * (box.right - box.left))


@functools.lru_cache(1000)
def _upright_face(pixels: bytes, shape: tuple[int, ...]):
    image = np.frombuffer(pixels, np.uint8).reshape(shape)
    found = _finder("centerface")(_planes(image))
    return max(found, key=lambda box: box.right - box.left)


def _planes(image: np.ndarray) -> list[np.ndarray]:
    """Full-range BT.601 planes, 4:2:0."""
    y, v, u = cv2.split(cv2.cvtColor(image, cv2.COLOR_RGB2YCrCb))
    half = -(-y.shape[1] // 2), -(-y.shape[0] // 2)
    way = cv2.INTER_AREA
    return [y, *(cv2.resize(each, half, interpolation=way) for each in (u, v))]


def _covers(box, place: tuple[float, float, float]) -> bool:
    x, y, side = place
    inside = box.left <= x <= box.right and box.top <= y <= box.bottom
    return inside and box.right - box.left >= side / 2


def _frames(path: pathlib.Path, count: int) -> list[np.ndarray]:
    with pixel_video.PixelVideo(path, reader.Config.max_pixels) as video:
        images = [frame.pixels for frame in video.frames()]
    return images[:: max(1, len(images) // count)][:count]


COMMAND = flags.Command(
    summary="Measures how many tilted and small faces are hidden.",
    settings=Config,
)

if __name__ == "__main__":
    flags.main(COMMAND, run)
