"""Refuses paths with which a command could not end, before it does any work."""

import errno
import os
from collections.abc import Sequence
from typing import Any

from tfrecords_tools.base import errors

_MOST_BYTES = 4096  # Of a path, on Linux.


def check_lines(lines: Sequence[str]) -> None:
    """Raises UserError where a flag file could not give a line of it back."""
    for line in lines:
        try:
            line.encode()
            is_kept = line == line.rstrip() and [line] == line.splitlines()
        except UnicodeEncodeError:
            is_kept = False
        if not is_kept:
            name, _, value = line.partition("=")
            raise errors.UserError(
                f"{name}={value!r} cannot stand in a flag file, which holds "
                "UTF-8, one flag a line, and no blanks at a line's end: "
                "rename it"
            )


def check_length(flag: str, path: str | os.PathLike, further: int = 0) -> None:
    """Raises UserError where a path is too long for the file system.

    Args:
        flag: its name, for the message.
        path: what it gives.
        further: bytes of the names that will be written below it.
    """
    whole = os.fsencode(os.path.abspath(path))
    is_long = len(whole) + further >= _MOST_BYTES
    try:
        os.stat(path)
    except OSError as error:
        is_long |= error.errno == errno.ENAMETOOLONG
    if is_long:
        raise errors.UserError(f"--{flag}={too_long(path)}")


def too_long(path: Any) -> str:
    """The message."""
    return f"{path}: the name is too long, choose a shorter one"
