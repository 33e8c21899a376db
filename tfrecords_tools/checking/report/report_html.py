"""HTML elements of the report page.

Escapes everything that comes from labels, paths or settings.
"""

import html
import re
from collections.abc import Iterable, Iterator, Sequence

Pieces = Iterator[str]
# Control characters, line ends, marks of direction, and what nothing shows.
_OBEYED = re.compile(
    "[\0-\x1f\x7f-\xa0\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb]"
)


def text(value: object) -> str:
    """Escapes `value` as HTML text, also for quoted attributes.

    Invalid UTF-8 bytes, control characters and direction marks are displayed
    instead of interpreted.
    """
    shown = str(value).encode("utf-8", "backslashreplace").decode()
    return html.escape(_OBEYED.sub(_named, shown))


def _named(found: re.Match) -> str:
    escaped = found[0].encode("unicode_escape").decode()
    return " " if found[0].isspace() else escaped


def section(title: str, body: Iterable[str], note: str = "") -> Pieces:
    """Yields a section with a heading; `body` is HTML, the rest text."""
    yield f"<section><h2>{text(title)}</h2>\n"
    if note:
        yield f'<p class="note">{text(note)}</p>\n'
    yield from body
    yield "</section>\n"


def details(summary: str, body: Iterable[str], is_open: bool = False) -> Pieces:
    """Yields a collapsible section; `body` is HTML."""
    state = " open" if is_open else ""
    yield f"<details{state}><summary>{text(summary)}</summary>\n"
    yield from body
    yield "</details>\n"


def table(
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    kinds: str = "",
    name: str = "",
) -> Pieces:
    """Yields a table that scrolls in its own box.

    Args:
        head: column names, text.
        rows: cells, HTML.
        kinds: one letter per column: `n` number, `b` bar, `t` text.
        name: CSS class of the table.
    """
    classes = {"n": ' class="number"', "b": ' class="bar"'}
    marks = [classes.get(kind, "") for kind in kinds.ljust(len(head), "t")]
    yield f'<div class="scroll" tabindex="0"><table class="{name}"><thead><tr>'
    for mark, title in zip(marks, head, strict=True):
        yield f'<th scope="col"{mark}>{text(title)}</th>'
    yield "</tr></thead><tbody>\n"
    for row in rows:
        cells = zip(marks, row, strict=True)
        yield "<tr>" + "".join(f"<td{m}>{c}</td>" for m, c in cells) + "</tr>\n"
    yield "</tbody></table></div>\n"


def number(value: float) -> str:
    """`3,808`."""
    return f"{value:,.0f}"


def size(count: int) -> str:
    """`81.2 MB`."""
    for unit, limit in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= limit:
            return f"{count / limit:,.1f} {unit}"
    return f"{count} bytes"


def duration(seconds: float) -> str:
    """`2.1 h`, `3.5 min` or `12.0 s`."""
    for unit, limit in (("h", 3600), ("min", 60)):
        if seconds >= limit:
            return f"{seconds / limit:,.1f} {unit}"
    return f"{seconds:.1f} s"


def several(count: int, one: str, many: str = "") -> str:
    """`1 clip`, `3 clips`."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"
