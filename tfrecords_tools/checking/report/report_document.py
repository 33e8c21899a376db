"""The frame of an HTML page: one self-contained file, without JavaScript."""

import os
from collections.abc import Iterable

from tfrecords_tools.base import errors
from tfrecords_tools.checking.report import report_html, report_style


def page(
    title: str, heading: str, note: str, body: Iterable[str]
) -> report_html.Pieces:
    """Yields the page.

    Args:
        title: of the window, text.
        heading: text.
        note: below the heading, such as a path; text.
        body: HTML.
    """
    yield (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f"<title>{report_html.text(title)}</title>\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src '
        "'none'; img-src data:; media-src data:; style-src "
        "'unsafe-inline'\">\n"
        f"<style>{report_style.CSS}</style></head>\n<body>\n"
        f"<h1>{report_html.text(heading)}</h1>"
        f'<p class="path">{report_html.text(note)}</p>\n'
    )
    yield from body
    yield "</body></html>\n"


def check_target(path: str | None) -> None:
    """Raises UserError if the page would overwrite another kind of file."""
    if not path or not os.path.exists(path):
        return
    if os.path.isfile(path):
        with open(path, "rb") as stream:
            if stream.read(9).lower() == b"<!doctype":
                return
    raise errors.UserError(
        f"--report={path} exists and is not an HTML page: choose another name"
    )
