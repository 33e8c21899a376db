"""Writes an HTML report of the contents and integrity of a data set.

One self-contained file: no network, no JavaScript. It depends only on the
data set, so that pages can be compared.
"""

import dataclasses
import os
from collections.abc import Iterator

from tfrecords_tools import manifest
from tfrecords_tools.base import atomic_write, settings
from tfrecords_tools.checking import shard_check
from tfrecords_tools.checking.report import (
    contact_sheet,
    report_document,
    report_html,
    report_labels,
    report_overview,
    report_videos,
)

_LISTED = 20  # Problems shown without a click.


@dataclasses.dataclass(frozen=True)
class Config:
    """Contents of the report page."""

    clips: int = settings.setting(
        3,
        "Clips per class on the contact sheet, about 12 kB each.",
        minimum=0,
    )
    height: int = settings.setting(
        72,
        "Image height on the contact sheet, pixels.",
        minimum=8,
        maximum=1080,
    )


def write(
    path: str | os.PathLike,
    folder: str | os.PathLike,
    findings: shard_check.Findings,
    config: Config = Config(),
) -> None:
    """Writes the page atomically.

    Args:
        path: the HTML file.
        folder: the data set.
        findings: from `shard_check.examine`, with `config.clips` samples.
        config: contents of the page.

    Raises:
        UserError: the disk is full or the place is not writable.
    """
    with atomic_write.file(path, "w") as stream:
        for piece in _page(folder, findings, config):
            stream.write(piece)


def _page(
    folder: str | os.PathLike, findings: shard_check.Findings, config: Config
) -> Iterator[str]:
    name = os.path.basename(os.path.abspath(folder))
    body = _body(folder, findings, config)
    return report_document.page(
        f"{name}: shards", name, os.fspath(folder), body
    )


def _body(
    folder: str | os.PathLike, findings: shard_check.Findings, config: Config
) -> Iterator[str]:
    dataset, counted = findings.dataset, findings.counted
    yield from _state(findings.problems)
    if dataset is not None:
        yield from report_overview.sections(dataset, counted)
        yield from report_labels.sections(dataset, counted)
        yield from report_videos.sections(folder)
        yield from contact_sheet.sections(
            folder, dataset, counted, config.clips, config.height
        )
        yield from _settings(dataset)


def _state(problems: tuple[str, ...]) -> Iterator[str]:
    if not problems:
        yield '<p class="state good">✓ No damage: every byte was read.</p>\n'
        return
    count = report_html.several(len(problems), "problem")
    lines = [f"<li>{report_html.text(line)}</li>\n" for line in problems]
    yield f'<div class="state bad">✗ Damaged: {count}. Build it again.<ul>\n'
    yield from lines[:_LISTED]
    yield "</ul>\n"
    if lines[_LISTED:]:
        rest = ["<ul>", *lines[_LISTED:], "</ul>"]
        yield from report_html.details(f"{len(rest) - 2} more", rest)
    yield "</div>\n"


def _settings(dataset: manifest.Manifest) -> Iterator[str]:
    rows = [
        [f"<code>{report_html.text(f'{section}.{name}')}</code>",
         f"<code>{report_html.text(_shown(value))}</code>"]
        for section, values in dataset.settings.items()
        for name, value in values.items()
    ]  # fmt: skip
    table = report_html.table(("setting", "value"), rows, name="settings")
    yield from report_html.section("Settings it was built with", table)


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "unset" if value is None else str(value)
