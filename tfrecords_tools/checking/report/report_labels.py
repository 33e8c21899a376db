"""The part of the report page with the labels of each split."""

from collections.abc import Sequence

import numpy as np

from tfrecords_tools import manifest
from tfrecords_tools.checking import census
from tfrecords_tools.checking.report import report_charts, report_html

_SHOWN = 20  # Labels shown without a click.


def sections(
    dataset: manifest.Manifest, counted: census.Census
) -> report_html.Pieces:
    """Yields a section for each label set that has labels."""
    for task, names in {census.MAIN: dataset.labels, **dataset.tasks}.items():
        if names and dataset.splits:
            title = f"Labels of task {task}" if task else "Labels"
            counts = counted.labels.get(task, {})
            several = task in dataset.several_tasks or (
                task == census.MAIN and dataset.several_labels
            )
            splits = census.ordered(dataset.splits)
            body = _tables(names, splits, counts, several)
            yield from report_html.section(title, body)


def _tables(
    names: Sequence[str],
    splits: Sequence[str],
    counts: dict[str, np.ndarray],
    several: bool,
) -> report_html.Pieces:
    nothing = np.zeros(len(names), np.int64)
    of_split = np.stack([counts.get(split, nothing) for split in splits], 1)
    totals = of_split.sum(1)
    # Most frequent first; ties in the manifest's order.
    order = np.argsort(-totals, kind="stable")
    note = report_html.text(_note(names, totals, several))
    yield f'<p class="note">{note}</p>'
    lonely = [names[i] for i in order if not _trained(splits, of_split[i])]
    if lonely and "train" in splits:
        yield from _untrained(lonely)
    yield _legend(splits)
    head = ["label", "all", "clips", *splits, "id"]
    kinds = "tnb" + "n" * len(splits) + "n"

    def row(place: int) -> list[str]:
        parts = list(zip(splits, of_split[place].tolist(), strict=True))
        return [
            report_html.text(names[place]),
            report_html.number(totals[place]),
            report_charts.stacked(parts, int(totals.max())),
            *(report_html.number(count) for _, count in parts),
            str(place),
        ]

    rows = map(row, order[:_SHOWN])
    yield from report_html.table(head, rows, kinds, "labels")
    rest = order[_SHOWN:]
    if len(rest):
        rows = map(row, rest)
        text = f"{report_html.several(len(rest), 'more label')}"
        table = report_html.table(head, rows, kinds, "labels")
        yield from report_html.details(text, table)


def _note(names: Sequence[str], totals: np.ndarray, several: bool) -> str:
    text = (
        f"{report_html.several(len(names), 'label')}; the most frequent has "
        f"{report_html.several(int(totals.max()), 'clip')}, the rarest "
        f"{report_html.number(totals.min())}."
    )
    more = " A clip with several labels counts for each."
    return text + more if several else text


def _trained(splits: Sequence[str], counts: np.ndarray) -> bool:
    return any(
        count
        for split, count in zip(splits, counts, strict=True)
        if split == "train"
    )


def _untrained(names: list[str]) -> report_html.Pieces:
    count = report_html.several(len(names), "label")
    listed = report_html.text(", ".join(names))
    body = [f"<p>{listed}</p>"]
    yield from report_html.details(f"{count} without a training clip", body)


def _legend(splits: Sequence[str]) -> str:
    names = [report_html.text(split) for split in splits]
    marks = [f'<span><i class="{n}"></i>{n}</span>' for n in names]
    return f'<p class="legend">{"".join(marks)}</p>'
