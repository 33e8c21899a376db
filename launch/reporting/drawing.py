"""Composes images of titles, strips and axes; RGB uint8 [H, W, 3].

batch_images and batch_animation decide what to draw of a batch.
"""

import pathlib
from collections.abc import Sequence

import cv2
import numpy as np

from launch.reporting import text_drawing
from tfrecords_tools.base import atomic_write, errors

WHITE, BLACK, GREY = (255, 255, 255), (0, 0, 0), (128, 128, 128)
LINE = text_drawing.LINE
_MAX_LINES = 6
_GIF_PIXELS = 65_535  # Per side.


def banner(text: str, width: int) -> np.ndarray:
    """A line of text, uint8 [LINE, width, 3]; shortened if too long."""
    image = np.full((LINE, width, 3), WHITE, np.uint8)
    shown = text_drawing.fitted(text, width - 2)
    text_drawing.write(image, shown, 1, text_drawing.BASE)
    return image


def paragraph(text: str, width: int) -> np.ndarray:
    """Wrapped text, uint8 [lines * LINE, width, 3]."""
    lines = text_drawing.wrapped(text, width - 2, _MAX_LINES)
    return np.concatenate([banner(line, width) for line in lines])


def stacked(images: Sequence[np.ndarray], gap: int = 0) -> np.ndarray:
    """Stacks images, left-aligned on white."""
    width = max(image.shape[1] for image in images)
    rows = []
    for image in images:
        pads = ((0, gap), (0, width - image.shape[1]), (0, 0))
        rows.append(np.pad(image, pads, constant_values=255))
    return np.concatenate(rows)[: -gap or None]


def beside(images: Sequence[np.ndarray], gap: int = 0) -> np.ndarray:
    """Places images side by side, top-aligned on white."""
    turned = [image.swapaxes(0, 1) for image in images]
    return stacked(turned, gap).swapaxes(0, 1)


def sized(frames: np.ndarray, side: int) -> np.ndarray:
    """Scales frames to a height; enlarges without blurring.

    Args:
        frames: uint8 [T, H, W, 3].
        side: height of the result, pixels.

    Returns:
        uint8 [T, side, side * W / H, 3].
    """
    height, width = frames.shape[1:3]
    wide = max(1, round(side * width / height))
    way = cv2.INTER_AREA if side < height else cv2.INTER_NEAREST
    resized = [cv2.resize(f, (wide, side), interpolation=way) for f in frames]
    return np.stack(resized)


def time_axis(seconds: float, width: int, total: int) -> np.ndarray:
    """Draws a time axis in seconds.

    Args:
        seconds: duration of `width` pixels.
        width: pixels.
        total: width of the image and the axis.
    """
    image = np.full((LINE, total, 3), WHITE, np.uint8)
    step = _round_step(seconds * 70 / width)
    for number in range(int(total / width * seconds / step) + 1):
        left = round(number * step / seconds * width)
        image[:5, left : left + 1] = GREY
        shown = f"{number * step:.6g}"
        shown = shown if number else "0 s"
        text_drawing.write(image, shown, left + 3, LINE - 4, GREY)
    return image


def save_png(path: pathlib.Path, image: np.ndarray) -> None:
    """Writes a PNG atomically."""
    _, data = cv2.imencode(".png", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    with atomic_write.file(path) as stream:
        stream.write(data.tobytes())


def save_gif(
    path: pathlib.Path, images: Sequence[np.ndarray], seconds: float
) -> None:
    """Writes a looping animation atomically.

    Args:
        path: the file.
        images: RGB, of equal size.
        seconds: per image; GIFs store hundredths, and players slow down
            frames shorter than two hundredths.

    Raises:
        UserError: a GIF cannot store these images, or is not writable.
    """
    sides = [side for image in images for side in image.shape[:2]]
    if not sides or not 0 < min(sides) <= max(sides) <= _GIF_PIXELS:
        raise errors.UserError(
            f"cannot write {path}: {len(images)} images of "
            f"{max(sides, default=0)} pixels a side, wanted at least one of "
            f"1 to {_GIF_PIXELS} pixels a side: use fewer or smaller clips"
        )
    animation = cv2.Animation()
    animation.frames = [cv2.cvtColor(p, cv2.COLOR_RGB2BGR) for p in images]
    hundredths = max(2, round(seconds * 100))
    animation.durations = [10 * hundredths] * len(images)
    _, data = cv2.imencodeanimation(".gif", animation)
    with atomic_write.file(path) as stream:
        stream.write(data.tobytes())


def _round_step(minimum: float) -> float:
    """The next larger of ..., 0.5, 1, 2, 5, 10, 20, ... seconds."""
    power = 10.0 ** np.floor(np.log10(minimum))
    return float(next(n * power for n in (1, 2, 5, 10) if n * power >= minimum))
