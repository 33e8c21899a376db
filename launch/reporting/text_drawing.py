"""Draws lines of text in any script into images, RGB uint8 [H, W, 3]."""

import functools
import math

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from launch.reporting import fonts, text_runs
from tfrecords_tools.base.text import emoji_tags, printable, text_cells

LINE = 18  # Height of a line of text, pixels.
BASE = 13  # Baseline, from the top of a line.
_ABOVE, _BELOW = 18, 9  # Marks may extend beyond the line.
_MARGIN = 3  # Letters may overhang at both ends.


def width(text: str) -> int:
    """Width of a text, pixels."""
    return _mask(text).shape[1] - 2 * _MARGIN


def write(
    image: np.ndarray,
    text: str,
    left: int,
    base: int,
    ink: tuple[int, int, int] = (0, 0, 0),
) -> None:
    """Draws text into an image, from `left` on the baseline `base`.

    Args:
        image: uint8 [H, W, 3], changed in place; text beyond it is clipped.
        text: invisible characters are escaped; a character without a glyph
            is a box with its code.
        left: pixels from the left.
        base: pixels from the top to the baseline.
        ink: the colour.
    """
    mask = _mask(text)
    top, left = base - _ABOVE, left - _MARGIN
    height, wide = image.shape[:2]
    rows = slice(max(0, top), min(height, top + mask.shape[0]))
    columns = slice(max(0, left), min(wide, left + mask.shape[1]))
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return
    visible = mask[
        rows.start - top : rows.stop - top,
        columns.start - left : columns.stop - left,
    ]
    ink_level = visible[..., None] / np.float32(255)
    area = image[rows, columns]
    blended = area + ink_level * (np.float32(ink) - area)
    image[rows, columns] = np.rint(blended).astype(np.uint8)


def fitted(text: str, pixels: int) -> str:
    """The text, shortened in the middle if it is wider."""
    return text_cells.shortened([text], pixels, width)[0]


def wrapped(text: str, pixels: int, max_lines: int) -> list[str]:
    """Wraps text into at most `max_lines` lines; longer text is shortened."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if width(longer) <= pixels:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for cluster in text_cells.clusters_of(word):
            if lines[-1] and width(lines[-1] + cluster) > pixels:
                lines.append("")
            lines[-1] += cluster
    if len(lines) > max_lines:
        rest = " ".join(lines[max_lines - 1 :])
        lines = [*lines[: max_lines - 1], fitted(rest, pixels)]
    return lines


@functools.lru_cache(4096)
def _mask(text: str) -> np.ndarray:
    """Ink per pixel, uint8 [_ABOVE + _BELOW, W]."""
    runs = text_runs.split(printable.name(text))
    widths = [_length(run) for run in runs]
    size = math.ceil(sum(widths)) + 2 * _MARGIN, _ABOVE + _BELOW
    image = Image.new("L", size)
    draw = ImageDraw.Draw(image)
    left = float(_MARGIN)
    for run, length in zip(runs, widths, strict=True):
        if run.face is None:
            _draw_code(draw, run.text, left, length)
        else:
            text, direction = _directed(run)
            draw.text(
                (left, _ABOVE),
                text,
                fill=255,
                font=run.face.font,
                anchor="ls",
                direction=direction,
            )
        left += length
    return np.asarray(image)


def _length(run: text_runs.Run) -> float:
    if run.face is None:
        return fonts.code_font().getlength(_code(run.text)) + 6
    text, direction = _directed(run)
    return run.face.font.getlength(text, direction=direction)


def _directed(run: text_runs.Run) -> tuple[str, str | None]:
    """Text and direction for Pillow.

    Without Raqm, which needs FriBiDi, letters are not joined.
    """
    if run.face.font.layout_engine == ImageFont.Layout.RAQM:
        return run.text, "rtl" if run.is_turned else "ltr"
    return run.text[::-1] if run.is_turned else run.text, None


def _draw_code(
    draw: ImageDraw.ImageDraw, text: str, left: float, length: float
) -> None:
    box = (left + 1, _ABOVE - 10, left + length - 2, _ABOVE + 1)
    draw.rectangle(box, outline=255)
    font: ImageFont.FreeTypeFont = fonts.code_font()
    place = left + 3, _ABOVE - 1
    draw.text(place, _code(text), fill=255, font=font, anchor="ls")


def _code(text: str) -> str:
    """`1F9FF` for a character, several joined by +; tags as letters."""
    codes = [f"{ord(c):X}" for c in text if not emoji_tags.is_tag(c)]
    tags = emoji_tags.letters(text)
    return "+".join(codes + [tags] * bool(tags))
