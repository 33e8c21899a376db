"""The fonts of text in images: Noto, one file per group of scripts."""

import functools
import importlib.util
import pathlib
from typing import NamedTuple

from PIL import ImageFont

from launch.reporting import font_coverage

SIZE = 13  # Pixels.
_PACKAGES = ("manimgx_fonts", "manimgx_fonts_cjk")
_FIRST, _LEFT_OUT = "NotoSans[", "-Italic"
_COLLECTION, _CHINESE = ".ttc", 2  # It also covers Japanese and Korean.
_WEIGHT = 400  # The default of Noto Sans CJK, 100, is too thin to read.


class Face(NamedTuple):
    """One font.

    Attributes:
        font: of height `SIZE`, pixels.
        coverage: its characters.
    """

    font: ImageFont.FreeTypeFont
    coverage: font_coverage.Coverage

    def has(self, text: str) -> bool:
        """Whether the font has all characters of a text."""
        return all(character in self.coverage for character in text)


@functools.cache
def faces() -> tuple[Face, ...]:
    """All fonts, the most useful first; ASCII only without any."""
    opened = [_opened(path) for path in _files()]
    if opened:
        return tuple(opened)
    plain = font_coverage.Coverage([ord(" ")], [ord("~")])
    return (Face(ImageFont.load_default(SIZE), plain),)


@functools.cache
def code_font() -> ImageFont.FreeTypeFont:
    """A small font for the codes of characters without a glyph."""
    return ImageFont.load_default(SIZE // 2 + 2)


def _files() -> list[pathlib.Path]:
    paths: list[pathlib.Path] = []
    for package in _PACKAGES:
        spec = importlib.util.find_spec(package)
        folders = spec and spec.submodule_search_locations or ()
        for folder in folders:
            listed = sorted(pathlib.Path(folder).glob("*.tt?"))
            paths += [path for path in listed if _LEFT_OUT not in path.name]
    return sorted(paths, key=lambda path: not path.name.startswith(_FIRST))


def _opened(path: pathlib.Path) -> Face:
    index = _CHINESE if path.suffix == _COLLECTION else 0
    font = ImageFont.truetype(path, SIZE, index)
    axes = font.get_variation_axes()
    weighted = {b"Weight": _WEIGHT}
    values = [weighted.get(axis["name"], axis["default"]) for axis in axes]
    font.set_variation_by_axes(values)
    return Face(font, font_coverage.read(path, index))
