"""Fits text into terminal columns; different texts stay different.

Counts cells: a Chinese character takes two, a combining mark none.
"""

import bisect
import os
import shutil
import sys
import unicodedata
from collections.abc import Callable, Sequence

import rich.cells

from tfrecords_tools.base.text import emoji_tags

ELLIPSIS = "…"
_CONTEXT = 3  # Clusters shown before the first one that differs.
_JOINER = "\u200d"
_SKIN_TONES = ("\U0001f3fb", "\U0001f3ff")
_REGIONS = ("\U0001f1e6", "\U0001f1ff")  # Two of them are a flag.

Measure = Callable[[str], float]


def width(text: str) -> int:
    """Returns the cells of a text in a terminal; an emoji takes two."""
    if _JOINER in text or any(map(emoji_tags.is_tag, text)):
        return sum(map(_joined_width, clusters_of(text)))
    return rich.cells.cell_len(text)


def _joined_width(cluster: str) -> int:
    """Returns the cells of a cluster: those of its widest part."""
    if _JOINER in cluster or emoji_tags.is_tag(cluster[-1]):
        return max(map(rich.cells.cell_len, cluster))
    return rich.cells.cell_len(cluster)


def padded(text: str, cells: int) -> str:
    """Pads a text with spaces; a wider one is unchanged."""
    return text + " " * (cells - width(text))


def terminal_width() -> int | None:
    """Returns the width of the terminal; None if stdout is no terminal."""
    if not sys.stdout.isatty():
        return None
    return shutil.get_terminal_size().columns


def column(
    texts: Sequence[str], head: str = "", limit: float | None = None
) -> tuple[list[str], int]:
    """Formats texts as a column.

    Args:
        texts: one a row.
        head: heading.
        limit: maximum cells; None is unlimited.

    Returns:
        The texts, shortened if necessary, and the width of the column.
    """
    shown = list(texts) if limit is None else shortened(texts, limit)
    return shown, max(map(width, [head, *shown]))


def shortened(
    texts: Sequence[str], limit: float, measure: Measure = width
) -> list[str]:
    """Shortens texts to a limit, with an ellipsis.

    Cuts the middle; if that would make different texts equal, keeps the part
    that differs; as a last resort numbers them.

    Args:
        texts: equal ones stay equal, different ones different.
        limit: the maximum of `measure`.
        measure: the width of a text, `width` or pixels.

    Returns:
        As many texts as were given.
    """
    shown = {text: text for text in texts}
    cut = {t: clusters_of(t) for t in shown if measure(t) > limit}
    for text, clusters in cut.items():
        shown[text] = _without_middle(clusters, limit, measure)
    whole, done = sorted(shown), set()
    for text in cut:
        group = [each for each in _fitting(shown[text], whole) if each in cut]
        if text in done or len(group) < 2:
            continue
        parts = [cut[each] for each in group]
        for short in _attempts(parts, limit, measure):
            if len(set(short)) == len(group):
                shown.update(zip(group, short, strict=True))
                break
        done.update(group)
    taken = {text for text in shown if text not in cut}
    for text, clusters in cut.items():
        if shown[text] in taken:
            shown[text] = _numbered(clusters, taken, limit, measure)
        taken.add(shown[text])
    return [shown[text] for text in texts]


def _fitting(short: str, texts: list[str]) -> list[str]:
    """Returns the sorted texts that a shortened text may represent."""
    head, _, tail = short.partition(ELLIPSIS)
    found = []
    for place in range(bisect.bisect_left(texts, head), len(texts)):
        text = texts[place]
        if not text.startswith(head):
            break
        if text.endswith(tail):
            found.append(text)
    return found


def _attempts(
    parts: list[list[str]], limit: float, measure: Measure
) -> list[list[str]]:
    """Ways to cut texts so that what differs between them may be seen."""
    ahead = len(os.path.commonprefix(parts))
    behind = len(os.path.commonprefix([part[::-1] for part in parts]))
    first = max(0, ahead - _CONTEXT)
    return [
        [_from(part, first, limit, measure) for part in parts],
        [
            _from(part, max(0, len(part) - behind - _CONTEXT), limit, measure)
            for part in parts
        ],
    ]


def _from(
    clusters: list[str], first: int, limit: float, measure: Measure
) -> str:
    """Returns the text from an index on, as far as it fits."""
    before = ELLIPSIS if first else ""
    rest = "".join(clusters[first:])
    if measure(before + rest) <= limit:
        return before + rest
    room = limit - measure(before) - measure(ELLIPSIS)
    return before + _head(clusters[first:], room, measure) + ELLIPSIS


def _without_middle(clusters: list[str], limit: float, measure: Measure) -> str:
    room = limit - measure(ELLIPSIS)
    tail = _head(clusters[::-1], room / 2, measure, backwards=True)
    head = _head(clusters, room - measure(tail), measure)
    return f"{head}{ELLIPSIS}{tail}"


def _numbered(
    clusters: list[str], taken: set[str], limit: float, measure: Measure
) -> str:
    number = 1
    while True:
        ending = f"{ELLIPSIS}{number}"
        short = _head(clusters, limit - measure(ending), measure) + ending
        if short not in taken:
            return short
        number += 1


def _head(
    clusters: list[str],
    room: float,
    measure: Measure,
    backwards: bool = False,
) -> str:
    """Returns the first clusters that fit."""
    short = ""
    for cluster in clusters:
        longer = cluster + short if backwards else short + cluster
        if measure(longer) > room:
            break
        short = longer
    return short


def clusters_of(text: str) -> list[str]:
    """Splits a text into grapheme clusters; an emoji or flag is one."""
    found: list[str] = []
    for character in text:
        if found and _continues(found[-1], character):
            found[-1] += character
        else:
            found.append(character)
    return found


def _continues(cluster: str, character: str) -> bool:
    first, last = _SKIN_TONES
    return (
        unicodedata.category(character)[0] == "M"
        or character == _JOINER
        or cluster[-1] == _JOINER
        or first <= character <= last
        or emoji_tags.is_tag(character)
        or (_is_region(character) and len(cluster) == 1 and _is_region(cluster))
    )


def _is_region(character: str) -> bool:
    first, last = _REGIONS
    return first <= character <= last
