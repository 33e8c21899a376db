"""Bar charts as inline SVG: counts of categories.

Colours and font sizes come from the style of the page; the title of a mark
has its exact value.
"""

from collections import Counter
from collections.abc import Sequence

from tfrecords_tools.base.text import text_cells
from tfrecords_tools.checking.report import report_html

WIDTH = 400
_ROW = 24  # Height of a bar's row.


def bars(counts: Sequence[tuple[str, int]], what: str, most: int = 8) -> str:
    """Renders counts of categories as horizontal bars.

    Args:
        counts: name and count, in the order to show.
        what: unit of the counts, `clips`.
        most: maximum bars; one more bar sums up the rest.
    """
    shown = list(counts[:most])
    rest = counts[most:]
    if len(rest) == 1:
        shown += rest
    elif rest:
        total = sum(count for _, count in rest)
        shown.append((f"{len(rest)} others", total))
    highest = max((count for _, count in shown), default=1) or 1
    names, longest = text_cells.column([n for n, _ in shown], limit=24)
    name_width = min(170, 8 + 7 * longest)
    room = WIDTH - name_width - 64
    height = _ROW * len(shown) + 4
    parts = [opening(height, what)]
    for place, (name, count) in enumerate(shown):
        y = place * _ROW + 2
        width = max(1.5, room * count / highest)
        label = report_html.text(names[place])
        parts.append(
            f"<g><title>{report_html.text(name)}: {count:,} {what}</title>"
            f'<text x="{name_width - 8}" y="{y + 15}" text-anchor="end">'
            f'{label}</text><rect class="mark" x="{name_width}" '
            f'y="{y + 3}" width="{width:.1f}" height="{_ROW - 8}" rx="2"/>'
            f'<text class="value" x="{name_width + width + 6:.1f}" '
            f'y="{y + 15}">{count:,}</text></g>'
        )
    return "".join(parts) + "</svg>"


def stacked(counts: Sequence[tuple[str, int]], highest: int) -> str:
    """Renders one stacked bar in the colours of the splits.

    Args:
        counts: split and count.
        highest: the count that fills the whole width.
    """
    parts, x = [], 0.0
    for split, count in counts:
        width = 100 * count / max(highest, 1)
        if count:
            parts.append(
                f'<rect class="{report_html.text(split)}" x="{x:.2f}%" '
                f'width="{width:.2f}%" height="12"><title>'
                f"{report_html.text(split)}: {count:,}</title></rect>"
            )
        x += width
    return f'<svg class="stack" role="img">{"".join(parts)}</svg>'


def of_counter(counter: Counter, name: str) -> list[tuple[str, int]]:
    """Returns the entries of a counter, most frequent first.

    Args:
        counter: any keys that sort.
        name: a format for the key, `{} fps`.
    """
    order = sorted(counter.items(), key=lambda each: (-each[1], each[0]))
    return [(name.format(key), count) for key, count in order]


def opening(height: int, label: str) -> str:
    """Returns the opening tag of a chart of scalable width `WIDTH`."""
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{report_html.text(label)}">'
    )
