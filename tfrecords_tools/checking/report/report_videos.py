"""The part of the report page about the videos, from report.csv.

Reads the table row by row, in constant memory.
"""

import csv
import dataclasses
import os
import pathlib
from collections import Counter

from tfrecords_tools import output_folder
from tfrecords_tools.checking.report import report_charts, report_html

_COLUMNS = ("path", "group", "status", "reason", "frames", "seconds")
_LISTED = 2000  # Failed videos on the page; report.csv has them all.
_OPEN = 10  # Failed videos listed without a click.
_KINDS = 12  # Distinct values of a column counted one by one.


@dataclasses.dataclass
class _Column:
    """Summary of a further column of any kind."""

    filled: int = 0
    numbers: int = 0
    lowest: float = float("inf")
    highest: float = float("-inf")
    total: float = 0.0
    kinds: Counter = dataclasses.field(default_factory=Counter)

    def add(self, value: str) -> None:
        if not value:
            return
        self.filled += 1
        if value in self.kinds or len(self.kinds) <= _KINDS:
            self.kinds[value] += 1
        try:
            amount = float(value)
        except ValueError:
            return
        self.numbers += 1
        self.lowest = min(self.lowest, amount)
        self.highest = max(self.highest, amount)
        self.total += amount

    def __str__(self) -> str:
        if not self.filled:
            return "empty"
        if len(self.kinds) <= _KINDS:
            most = self.kinds.most_common()
            return ", ".join(f"{value} ({count})" for value, count in most)
        if self.numbers == self.filled:
            mean = self.total / self.numbers
            ends = f"{self.lowest:g} to {self.highest:g}"
            return f"{ends}, {mean:.4g} on average"
        value, _ = next(iter(self.kinds.items()))
        return f"many different values, such as {value}"


@dataclasses.dataclass
class Videos:
    """Summary of report.csv.

    Attributes:
        statuses: status to number of videos.
        columns: summary of every further column.
        failed: path, status and reason of the first videos that are not ok.
    """

    statuses: Counter = dataclasses.field(default_factory=Counter)
    columns: dict[str, _Column] = dataclasses.field(default_factory=dict)
    failed: list[tuple[str, str, str]] = dataclasses.field(default_factory=list)


def read(folder: str | os.PathLike) -> Videos | None:
    """Reads `folder/report.csv`; None if it does not exist."""
    path = pathlib.Path(folder) / output_folder.REPORT
    if not path.is_file():
        return None
    outcomes = Videos()
    with open(path, encoding="utf-8", errors="replace", newline="") as stream:
        for row in csv.DictReader(stream, restkey="", restval=""):
            status = row.get("status", "")
            outcomes.statuses[status] += 1
            if status != "ok" and len(outcomes.failed) < _LISTED:
                reason = row.get("reason", "")
                outcomes.failed.append((row.get("path", ""), status, reason))
            for name, value in row.items():
                if name and name not in _COLUMNS:
                    outcomes.columns.setdefault(name, _Column()).add(value)
    return outcomes


def sections(folder: str | os.PathLike) -> report_html.Pieces:
    """Yields counts of statuses, further columns, and failed videos."""
    outcomes = read(folder)
    if outcomes is None:
        body = [f"<p>There is no {output_folder.REPORT}.</p>"]
        yield from report_html.section("Videos", body)
        return
    count = report_html.several(outcomes.statuses.total(), "video")
    note = f"{count} in {output_folder.REPORT}."
    yield from report_html.section("Videos", _body(outcomes), note)


def _body(outcomes: Videos) -> report_html.Pieces:
    if outcomes.statuses:
        counts = report_charts.of_counter(outcomes.statuses, "{}")
        chart = report_charts.bars(counts, "videos")
        yield f'<div class="cards"><div class="card"><h3>Status</h3>{chart}'
        yield "</div></div>\n"
    yield from _failed(outcomes)
    if outcomes.columns:
        rows = [
            [report_html.text(name), report_html.number(column.filled),
             report_html.text(column)]
            for name, column in outcomes.columns.items()
        ]  # fmt: skip
        yield "<h3>Further columns</h3>"
        head = ("column", "videos", "values")
        yield from report_html.table(head, rows, "tnt", "videos")


def _failed(outcomes: Videos) -> report_html.Pieces:
    total = outcomes.statuses.total() - outcomes.statuses["ok"]
    if not total:
        return
    title = f"{report_html.several(total, 'video')} not ok"
    if total > len(outcomes.failed):
        title += f", the first {len(outcomes.failed)} of them"
    rows = (map(report_html.text, each) for each in outcomes.failed)
    table = report_html.table(("path", "status", "reason"), rows, "", "videos")
    yield from report_html.details(title, table, total <= _OPEN)
