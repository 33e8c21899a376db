"""Folders called after labels, which may hold what no name of a folder can."""

import re

_ESCAPED = re.compile(r"[/%]|^\.")
_ESCAPE = re.compile("%(2F|25|2E)")


def folder_of(label: str) -> str:
    """The label; `/`, `%` and a first `.`, which would hide it, as `%2F`."""
    return _ESCAPED.sub(lambda found: f"%{ord(found[0]):02X}", label)


def label_of(folder: str) -> str:
    """The inverse of `folder_of`; other names are labels as they are."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), folder)
