"""Refuses unusable paths before a command does any work."""

import errno
import os
from collections.abc import Sequence
from typing import Any

from tfrecords_tools.base import errors

_MOST_BYTES = 4096  # Of a path, on Linux.


def check_lines(lines: Sequence[str]) -> None:
    """Raises UserError for values that a flag file cannot hold."""
    for line in lines:
        try:
            line.encode()
            is_kept = line == line.rstrip() and [line] == line.splitlines()
        except UnicodeEncodeError:
            is_kept = False
        if not is_kept:
            name, _, value = line.partition("=")
            raise errors.UserError(
                f"{name}={value!r} cannot be stored in a flag file (UTF-8, one "
                "flag per line, no trailing blanks): rename it"
            )


def check_length(flag: str, path: str | os.PathLike, further: int = 0) -> None:
    """Raises UserError where a path is too long for the file system.

    Args:
        flag: name for the message.
        path: value of the flag.
        further: bytes of the names written below it.
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
    """Returns the message."""
    return f"{path}: the name is too long, choose a shorter one"
