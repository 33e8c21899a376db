"""Splits a line of text into runs of one font and one direction.

The line as a whole runs from left to right. Source: the Unicode Bidirectional
Algorithm (UAX 9) without explicit marks, which are escaped before.
"""

import itertools
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from launch.reporting import fonts
from tfrecords_tools.base.text import text_cells

_RIGHT_TO_LEFT = ("R", "AL")
# Joiners and variation selectors: shape their neighbours, if a font has them.
_IGNORED = "\u200c\u200d\ufe0e\ufe0f"


class Run(NamedTuple):
    """Letters that are drawn together.

    Attributes:
        text: in reading order.
        face: its font; None if no font has these letters.
        is_turned: whether it runs from right to left.
    """

    text: str
    face: fonts.Face | None
    is_turned: bool


def split(text: str) -> list[Run]:
    """The runs of a line from left to right."""
    clusters = text_cells.clusters_of(text)
    directions = _directions(clusters)
    result: list[Run] = []
    pairs = zip(clusters, directions, strict=True)
    for is_turned, group in itertools.groupby(pairs, lambda pair: pair[1]):
        runs = list(_of_one_font([c for c, _ in group], is_turned))
        result += runs[::-1] if is_turned else runs
    return result


def _of_one_font(clusters: list[str], is_turned: bool) -> Iterator[Run]:
    text, face = "", None
    for cluster in clusters:
        font = _face(cluster, face if is_turned else None)
        if text and (font is not face or font is None):
            yield Run(text, face, is_turned)
            text = ""
        text, face = text + _kept(cluster, font), font
    if text:
        yield Run(text, face, is_turned)


def _face(cluster: str, current: fonts.Face | None) -> fonts.Face | None:
    """The first font with the cluster; the current font for non-letters.

    Numbers and punctuation between right-to-left words are ordered correctly
    within one run only.
    """
    letters = "".join(c for c in cluster if c not in _IGNORED)
    is_letter = any(unicodedata.category(c)[0] == "L" for c in letters)
    if current and not is_letter and current.has(letters):
        return current
    return next((f for f in fonts.faces() if f.has(letters)), None)


def _kept(cluster: str, face: fonts.Face | None) -> str:
    """Drops joiners that the font would draw as boxes."""
    if face is None:
        return cluster
    return "".join(c for c in cluster if c not in _IGNORED or face.has(c))


def _directions(clusters: list[str]) -> list[bool]:
    """Whether each cluster runs from right to left.

    Neutral clusters between two such words, like spaces and numbers, follow
    them. A number before a comma is a label's score, and another label follows.
    """
    kinds = [unicodedata.bidirectional(cluster[0]) for cluster in clusters]
    turned = [kind in _RIGHT_TO_LEFT for kind in kinds]
    last = None
    for place, kind in enumerate(kinds):
        after_share = kinds[place - 1] == "EN" and clusters[place] == ","
        if kind == "L" or after_share:
            last = None
        elif turned[place]:
            first = place if last is None else last
            turned[first:place] = [True] * (place - first)
            last = place
    return turned
