"""Folders named after labels, with escapes for invalid characters."""

import re

_ESCAPED = re.compile(r"[/%]|^\.")
_ESCAPE = re.compile("%(2F|25|2E)")


def folder_of(label: str) -> str:
    """Escapes `/`, `%` and a leading `.` of a label, as in `%2F`."""
    return _ESCAPED.sub(lambda match: f"%{ord(match[0]):02X}", label)


def label_of(folder: str) -> str:
    """The inverse of `folder_of`; other names are returned unchanged."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), folder)
