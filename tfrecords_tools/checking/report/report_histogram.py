"""Histograms as inline SVG, of amounts such as the lengths of clips."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tfrecords_tools.checking.report import report_charts, report_html

_HEIGHT = 180
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 16, 10, 22
_END = report_charts.WIDTH - _RIGHT
_PLOT_WIDTH = _END - _LEFT
_PLOT_HEIGHT = _HEIGHT - _TOP - _BOTTOM
_FLOOR = _HEIGHT - _BOTTOM  # Base of the columns.


class Bin(NamedTuple):
    """One column: from `low` up to `high`, or all from `low` on."""

    low: float
    high: float
    count: int


def binned(values: np.ndarray, most: int = 20) -> list[Bin]:
    """Divides amounts into bins with round edges.

    If the largest hundredth would stretch the axis, it goes into a last bin
    that ends at infinity.

    Args:
        values: float [n], n at least 1.
        most: approximate number of bins.
    """
    low, high = float(values.min()), float(values.max())
    usual = float(np.quantile(values, 0.99))
    cut = high > low + 1.5 * (usual - low) and usual > low
    top = usual if cut else high
    step = _round_step((top - low) / most or max(low, 1) / most)
    first = math.floor(low / step + 1e-6)
    count = max(1, math.floor((top - first * step) / step + 1e-6) + 1)
    edges = (first + np.arange(count + 1)) * step
    places = np.floor((values - edges[0]) / step + 1e-6).astype(int)
    counts = np.bincount(places.clip(0, count), minlength=count + 1)
    bins = [
        Bin(float(edges[i]), float(edges[i + 1]), int(counts[i]))
        for i in range(count)
    ]
    if counts[count]:
        bins.append(Bin(float(edges[-1]), math.inf, int(counts[count])))
    return bins


def columns(bins: Sequence[Bin], unit: str, what: str) -> str:
    """Renders a histogram.

    Args:
        bins: from `binned`.
        unit: of the amounts, `s`.
        what: unit of the counts, `clips`.
    """
    ticks = _ticks(max(each.count for each in bins))
    parts = [report_charts.opening(_HEIGHT, f"{what} by length in {unit}")]
    parts += [_grid_line(tick, ticks[-1]) for tick in ticks]
    width = _PLOT_WIDTH / len(bins)
    for place, each in enumerate(bins):
        title = f"{_span(each)} {unit}: {each.count:,} {what}"
        x, share = _LEFT + place * width, each.count / ticks[-1]
        parts.append(_column(x, width, share, title))
    return "".join([*parts, *_edges(bins, width)]) + "</svg>"


def _grid_line(tick: int, highest: int) -> str:
    y = _FLOOR - _PLOT_HEIGHT * tick / highest
    return (
        f'<line class="grid" x1="{_LEFT}" x2="{_END}" '
        f'y1="{y:.1f}" y2="{y:.1f}"/><text x="{_LEFT - 6}" y="{y + 4:.1f}" '
        f'text-anchor="end">{_short(tick)}</text>'
    )


def _column(x: float, width: float, share: float, title: str) -> str:
    height = max(_PLOT_HEIGHT * share, 1.5) if share else 0
    return (
        f'<g><title>{report_html.text(title)}</title><rect class="hover" '
        f'x="{x:.1f}" y="{_TOP}" width="{width:.1f}" height="{_PLOT_HEIGHT}"/>'
        f'<rect class="mark" x="{x + 1:.1f}" y="{_FLOOR - height:.1f}" '
        f'width="{max(width - 2, 1):.1f}" height="{height:.1f}" rx="2"/></g>'
    )


def _edges(bins: Sequence[Bin], width: float) -> list[str]:
    """Labels as many edges as fit."""
    every = math.ceil(len(bins) * 40 / _PLOT_WIDTH)
    named = [(_LEFT + place * width, f"{bins[place].low:g}")
             for place in range(0, len(bins), every)]  # fmt: skip
    if bins[-1].high == math.inf:
        last = _END - width / 2
        named = [each for each in named if each[0] < last - 44]
        named.append((last, f"≥ {bins[-1].low:g}"))
    elif len(bins) % every == 0:
        named.append((_END, f"{bins[-1].high:g}"))
    return [
        f'<text x="{x:.1f}" y="{_FLOOR + 16}" text-anchor="middle">{name}'
        "</text>"
        for x, name in named
    ]


def _round_step(least: float) -> float:
    """The smallest of 1, 2, 5, 10, ... that is not below `least`."""
    power = 10 ** math.floor(math.log10(least))
    for factor in (1, 2, 5):
        if factor * power >= least * (1 - 1e-9):
            return factor * power
    return 10 * power


def _ticks(highest: int) -> list[int]:
    step = max(1, int(_round_step(max(highest, 1) / 4)))
    return list(range(0, highest + step, step))


def _span(each: Bin) -> str:
    if each.high == math.inf:
        return f"{each.low:g} and more"
    return f"{each.low:g} to {each.high:g}"


def _short(count: int) -> str:
    for unit, limit in (("M", 1_000_000), ("k", 1000)):
        if count >= limit:
            return f"{count / limit:g}{unit}"
    return str(count)
