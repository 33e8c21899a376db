"""Small pictures put together: titles, strips, axes. RGB uint8 [H, W, 3].

What is drawn of a batch is decided in batch_images and batch_animation.
"""

import pathlib
from collections.abc import Sequence

import cv2
import numpy as np

from launch.reporting import text_drawing
from tfrecords_tools.base import atomic_write, errors

WHITE, BLACK, GREY = (255, 255, 255), (0, 0, 0), (128, 128, 128)
LINE = text_drawing.LINE
_MOST_LINES = 6
_GIF_PIXELS = 65_535  # Of a side.


def banner(text: str, width: int) -> np.ndarray:
    """A line of text, uint8 [LINE, width, 3]; cut in the middle if too long."""
    picture = np.full((LINE, width, 3), WHITE, np.uint8)
    shown = text_drawing.fitted(text, width - 2)
    text_drawing.write(picture, shown, 1, text_drawing.BASE)
    return picture


def paragraph(text: str, width: int) -> np.ndarray:
    """Text on as many lines as it needs, uint8 [lines * LINE, width, 3]."""
    lines = text_drawing.wrapped(text, width - 2, _MOST_LINES)
    return np.concatenate([banner(line, width) for line in lines])


def stacked(pictures: Sequence[np.ndarray], gap: int = 0) -> np.ndarray:
    """Under one another, to the left; white where one is narrower."""
    width = max(picture.shape[1] for picture in pictures)
    rows = []
    for picture in pictures:
        pads = ((0, gap), (0, width - picture.shape[1]), (0, 0))
        rows.append(np.pad(picture, pads, constant_values=255))
    return np.concatenate(rows)[: -gap or None]


def beside(pictures: Sequence[np.ndarray], gap: int = 0) -> np.ndarray:
    """From left to right, at the top; white where one is lower."""
    turned = [picture.swapaxes(0, 1) for picture in pictures]
    return stacked(turned, gap).swapaxes(0, 1)


def sized(frames: np.ndarray, side: int) -> np.ndarray:
    """Scales frames to a height, without blurring what is made larger.

    Args:
        frames: uint8 [T, H, W, 3].
        side: height to come out, pixels.

    Returns:
        uint8 [T, side, side * W / H, 3].
    """
    height, width = frames.shape[1:3]
    wide = max(1, round(side * width / height))
    way = cv2.INTER_AREA if side < height else cv2.INTER_NEAREST
    resized = [cv2.resize(f, (wide, side), interpolation=way) for f in frames]
    return np.stack(resized)


def time_axis(seconds: float, width: int, total: int) -> np.ndarray:
    """Marks and numbers in seconds.

    Args:
        seconds: what `width` pixels last.
        width: pixels.
        total: width of the picture; the axis goes on to there.
    """
    picture = np.full((LINE, total, 3), WHITE, np.uint8)
    step = _round_step(seconds * 70 / width)
    for number in range(int(total / width * seconds / step) + 1):
        left = round(number * step / seconds * width)
        picture[:5, left : left + 1] = GREY
        shown = f"{number * step:.6g}"
        shown = shown if number else "0 s"
        text_drawing.write(picture, shown, left + 3, LINE - 4, GREY)
    return picture


def save_png(path: pathlib.Path, picture: np.ndarray) -> None:
    """Writes a PNG whole or not at all."""
    _, data = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    with atomic_write.file(path) as stream:
        stream.write(data.tobytes())


def save_gif(
    path: pathlib.Path, pictures: Sequence[np.ndarray], seconds: float
) -> None:
    """Writes an animation that goes round for ever, whole or not at all.

    Args:
        path: the file.
        pictures: RGB, all of one size.
        seconds: that each is shown; a GIF counts hundredths, and what is
            shorter than two of them is slowed down by those who show it.

    Raises:
        UserError: a GIF cannot hold such pictures, or cannot be written.
    """
    sides = [side for picture in pictures for side in picture.shape[:2]]
    if not sides or not 0 < min(sides) <= max(sides) <= _GIF_PIXELS:
        raise errors.UserError(
            f"cannot write {path}: {len(pictures)} pictures of "
            f"{max(sides, default=0)} pixels a side, wanted one at least and "
            f"1 to {_GIF_PIXELS} pixels a side: take fewer or smaller clips"
        )
    animation = cv2.Animation()
    animation.frames = [cv2.cvtColor(p, cv2.COLOR_RGB2BGR) for p in pictures]
    hundredths = max(2, round(seconds * 100))
    animation.durations = [10 * hundredths] * len(pictures)
    _, data = cv2.imencodeanimation(".gif", animation)
    with atomic_write.file(path) as stream:
        stream.write(data.tobytes())


def _round_step(least: float) -> float:
    """The next of 1, 2, 5, 10, 20 ... and their tenths, in seconds."""
    power = 10.0 ** np.floor(np.log10(least))
    return float(next(n * power for n in (1, 2, 5, 10) if n * power >= least))
