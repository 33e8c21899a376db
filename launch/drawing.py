"""Small pictures put together: text, strips, axes. All are RGB uint8 [H, W, 3].

What is drawn of a batch is decided in batch_pictures and batch_animation.
"""

import pathlib
import unicodedata
from collections.abc import Sequence

import cv2
import numpy as np

from tfrecords_tools.base import atomic_write

WHITE, BLACK, GREY = (255, 255, 255), (0, 0, 0), (128, 128, 128)
LINE = 18  # Height of a line of text, pixels.
_SCALE = 0.42


def ascii_only(text: str) -> str:
    """What OpenCV's letters can show of a text: `é` as `e`, others as `?`."""
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = plain.encode("ascii", "replace").decode()
    return "".join(c if c.isprintable() else " " for c in plain)


def text_width(text: str) -> int:
    """Pixels that `ascii_only(text)` takes."""
    font = cv2.FONT_HERSHEY_SIMPLEX
    return cv2.getTextSize(ascii_only(text), font, _SCALE, 1)[0][0]


def banner(text: str, width: int) -> np.ndarray:
    """A line of text, uint8 [LINE, width, 3]; `...` where it is cut."""
    kept = text = ascii_only(text)
    while kept and text_width(kept + ("" if kept == text else "...")) > width:
        kept = kept[:-1]
    picture = np.full((LINE, width, 3), WHITE, np.uint8)
    write(picture, kept if kept == text else f"{kept}...", 1, LINE - 5)
    return picture


def write(
    picture: np.ndarray,
    text: str,
    left: int,
    base: int,
    ink: tuple[int, int, int] = BLACK,
) -> None:
    """Writes into a picture, beginning at `left` on the line `base`."""
    font = cv2.FONT_HERSHEY_SIMPLEX
    place = (left, base)
    cv2.putText(
        picture, ascii_only(text), place, font, _SCALE, ink, 1, cv2.LINE_AA
    )


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
        write(picture, shown if number else "0 s", left + 3, LINE - 4, GREY)
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
    """
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
