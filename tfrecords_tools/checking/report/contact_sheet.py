"""The contact sheet of the report page: clips of every class.

Reads only records with a displayed frame, at most three per clip.
"""

import itertools
import os
import pathlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tfrecords_tools import manifest
from tfrecords_tools.checking import census
from tfrecords_tools.checking.report import clip_strip, report_html

_OPEN = 12  # Classes shown without a click.
_GROUP = 50  # Classes per click.


class _Sheet(NamedTuple):
    """One class: name, number of clips, and clips to show."""

    title: str
    total: int
    clips: list[census.Sample]


class _Source(NamedTuple):
    """The source of the images and their height, pixels."""

    folder: pathlib.Path
    dataset: manifest.Manifest
    height: int


def sections(
    folder: str | os.PathLike,
    dataset: manifest.Manifest,
    counted: census.Census,
    clips: int,
    height: int,
) -> report_html.Pieces:
    """Yields one sheet per class, or per split without labels.

    Args:
        folder: of the data set.
        dataset: its manifest.
        counted: statistics with samples.
        clips: maximum clips per class.
        height: of an image, pixels.
    """
    if not clips or not counted.samples:
        return
    by_class = _of_labels if dataset.labels else _of_splits
    sheets = list(by_class(dataset, counted, clips))
    source = _Source(pathlib.Path(folder), dataset, height)
    what = "class" if dataset.labels else "split"
    note = f"The first, middle and last frame of some clips of each {what}."
    body = _groups(source, sheets)
    yield from report_html.section("Contact sheet", body, note)


def _of_splits(
    dataset: manifest.Manifest, counted: census.Census, clips: int
) -> Iterator[_Sheet]:
    for split in census.ordered(dataset.splits):
        total = sum(map(len, counted.seconds.get(split, [])))
        shown = counted.samples.get((split, ""), [])
        yield _Sheet(split, total, shown[:clips])


def _of_labels(
    dataset: manifest.Manifest, counted: census.Census, clips: int
) -> Iterator[_Sheet]:
    """Returns classes sorted by name; splits alternate within a class."""
    totals = sum(counted.labels[census.MAIN].values())
    numbers = dict(zip(dataset.labels, totals.tolist(), strict=True))
    splits = census.ordered(dataset.splits)
    for label in (*sorted(dataset.labels), ""):
        found = [counted.samples.get((split, label), []) for split in splits]
        in_turn = itertools.chain(*itertools.zip_longest(*found))
        shown = [sample for sample in in_turn if sample][:clips]
        if shown:
            title = label or "without a label"
            yield _Sheet(title, numbers.get(label, 0), shown)


def _groups(source: _Source, sheets: Sequence[_Sheet]) -> report_html.Pieces:
    yield from _together(source, sheets[:_OPEN])
    for first in range(_OPEN, len(sheets), _GROUP):
        group = sheets[first : first + _GROUP]
        title = f"{group[0].title} … {group[-1].title}"
        yield from report_html.details(title, _together(source, group))


def _together(source: _Source, sheets: Sequence[_Sheet]) -> report_html.Pieces:
    yield '<div class="sheets">\n'
    for title, total, clips in sheets:
        count = report_html.several(total, "clip") if total else ""
        yield f'<div class="sheet"><h3>{report_html.text(title)} '
        yield f'<span>{count}</span></h3><div class="clips">\n'
        for clip in clips:
            yield from _figure(source, clip)
        yield "</div></div>\n"
    yield "</div>\n"


def _figure(source: _Source, clip: census.Sample) -> report_html.Pieces:
    frames = report_html.several(clip.frames, "frame")
    caption = (
        f"{report_html.text(clip.path)}<br>"
        f"{report_html.text(clip.split)} {clip.number}, {frames}, "
        f"{clip.seconds:.2f} s"
    )
    return clip_strip.figure(
        lambda: clip_strip.stored_images(*source[:2], clip, source.height),
        caption,
    )
