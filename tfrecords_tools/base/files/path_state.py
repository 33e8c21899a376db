"""Size and time of a file, or of all files in a folder, to notice changes."""

import os
import stat
from typing import NamedTuple


class PathState(NamedTuple):
    """What changes with the contents of a file or folder.

    Attributes:
        size: bytes; of a folder the sum of its files.
        time: of the last change, nanoseconds; of a folder the newest of its
            own and those of its files.
    """

    size: int
    time: int


def read(path: str | os.PathLike) -> PathState:
    """Returns the state of a path; files in subfolders do not count.

    Raises:
        OSError: the path cannot be read.
    """
    found = os.stat(path)
    if not stat.S_ISDIR(found.st_mode):
        return PathState(found.st_size, found.st_mtime_ns)
    with os.scandir(path) as entries:
        inside = [entry.stat() for entry in entries if entry.is_file()]
    return PathState(
        sum(each.st_size for each in inside),
        max([found.st_mtime_ns, *(each.st_mtime_ns for each in inside)]),
    )
