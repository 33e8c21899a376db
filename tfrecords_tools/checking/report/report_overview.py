"""The overview of the report page: totals, splits, and charts."""

from collections.abc import Iterator

import numpy as np

from tfrecords_tools import manifest
from tfrecords_tools.checking import census
from tfrecords_tools.checking.report import (
    report_charts,
    report_histogram,
    report_html,
)

_KINDS = 4  # Distinct lengths counted one by one.


def sections(
    dataset: manifest.Manifest, counted: census.Census
) -> report_html.Pieces:
    """Yields totals, one row per split, and charts."""
    yield from _reach(dataset, counted)
    yield from _tiles(dataset, counted)
    yield from _splits(dataset, counted)
    yield from _charts(counted)


def _reach(dataset: manifest.Manifest, counted: census.Census) -> Iterator[str]:
    """Yields a note if damage keeps clips from being counted."""
    stated = sum(s.clips for shards in dataset.splits.values() for s in shards)
    found = sum(len(lengths) for lengths in _lengths(counted).values())
    if found != stated:
        yield (
            f'<p class="note">Lengths, frames, labels and images cover '
            f"{report_html.several(found, 'clip')} that could be read, of "
            f"{report_html.number(stated)}.</p>\n"
        )


def _tiles(dataset: manifest.Manifest, counted: census.Census) -> Iterator[str]:
    every = [shard for shards in dataset.splits.values() for shard in shards]
    seconds = sum(float(s.sum()) for s in _lengths(counted).values())
    tiles = {
        "clips": report_html.number(sum(s.clips for s in every)),
        "frames": report_html.number(sum(s.frames for s in every)),
        "shown in all": report_html.duration(seconds),
        "on disk": report_html.size(sum(s.size for s in every)),
        "shards": report_html.number(len(every)),
        "labels": report_html.number(len(dataset.labels)),
        "storage": dataset.storage,
    }
    if dataset.extras:
        tiles["also stored"] = ", ".join(dataset.extras)
    if dataset.vocabulary:
        tiles["words known"] = report_html.number(len(dataset.vocabulary))
    yield '<div class="tiles">'
    for name, value in tiles.items():
        yield f'<div class="tile"><b>{report_html.text(value)}</b>'
        yield f"<span>{report_html.text(name)}</span></div>"
    yield "</div>\n"


def _splits(
    dataset: manifest.Manifest, counted: census.Census
) -> Iterator[str]:
    lengths = _lengths(counted)
    rows = []
    for split in census.ordered(dataset.splits):
        shards = dataset.splits[split]
        seconds = float(lengths.get(split, np.zeros(0)).sum())
        rows.append(
            [
                report_html.text(split),
                report_html.number(sum(s.clips for s in shards)),
                report_html.number(sum(s.frames for s in shards)),
                report_html.duration(seconds),
                report_html.size(sum(s.size for s in shards)),
                report_html.number(len(shards)),
            ]
        )
    head = ("split", "clips", "frames", "length", "size", "shards")
    yield from report_html.table(head, rows, "tnnnnn")


def _charts(counted: census.Census) -> Iterator[str]:
    lengths = _lengths(counted)
    if not lengths:
        return
    sizes = report_charts.of_counter(counted.sizes, "{0[0]} × {0[1]}")
    rates = report_charts.of_counter(counted.rates, "{:g}")
    charts = {
        "Length of a clip, seconds": _length_chart(lengths),
        "Stored frames, height × width": report_charts.bars(sizes, "clips"),
        "Frames a second": report_charts.bars(rates, "clips"),
    }
    cards = [
        f'<div class="card"><h3>{title}</h3>{chart}</div>\n'
        for title, chart in charts.items()
    ]
    body = ['<div class="cards">\n', *cards, "</div>\n"]
    yield from report_html.section("Clips", body)


def _length_chart(lengths: dict[str, np.ndarray]) -> str:
    seconds = np.concatenate(list(lengths.values()))
    kinds, counts = np.unique(seconds.round(2), return_counts=True)
    if len(kinds) <= _KINDS:  # As fixed windows have them.
        named = [f"{kind:g} s" for kind in kinds]
        pairs = list(zip(named, counts.tolist(), strict=True))
        return report_charts.bars(pairs, "clips")
    return report_histogram.columns(
        report_histogram.binned(seconds), "s", "clips"
    )


def _lengths(counted: census.Census) -> dict[str, np.ndarray]:
    """Maps splits to the seconds of their clips, float64 [n]."""
    return {
        split: np.concatenate(lengths).astype(np.float64)
        for split, lengths in counted.seconds.items()
    }
