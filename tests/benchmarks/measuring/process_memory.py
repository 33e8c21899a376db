"""Peak memory of a command and of all that it starts.

The sum of the proportional set sizes: a page that several processes share
counts once. Linux only.
"""

import pathlib
import subprocess
import time
from typing import NamedTuple

from tfrecords_tools.base import errors

PERIOD_SECONDS = 0.2
_PROC = pathlib.Path("/proc")


class Measured(NamedTuple):
    """What a command took.

    Attributes:
        seconds: from start to end.
        peak: bytes of all its processes together, at most.
        processes: at the same time, at most.
    """

    seconds: float
    peak: int
    processes: int


def run(words: list[str], folder: pathlib.Path) -> Measured:
    """Runs a command in a folder and looks at its memory all the time.

    Raises:
        UserError: it failed; it has said why.
    """
    start = time.perf_counter()
    peak = processes = 0
    with subprocess.Popen(words, cwd=folder) as command:
        while command.poll() is None:
            sizes = [_size(number) for number in tree(command.pid)]
            peak = max(peak, sum(sizes))
            processes = max(processes, len(sizes))
            time.sleep(PERIOD_SECONDS)
    if command.returncode:
        raise errors.UserError(
            f"{' '.join(words)}: exit code {command.returncode}"
        )
    return Measured(time.perf_counter() - start, peak, processes)


def tree(root: int) -> list[int]:
    """The process and all its descendants."""
    children: dict[int, list[int]] = {}
    for path in _PROC.glob("[0-9]*/stat"):
        try:
            # The name, in brackets, may hold anything.
            parent = path.read_text().rpartition(")")[2].split()[1]
        except (OSError, IndexError):
            continue  # It has ended.
        children.setdefault(int(parent), []).append(int(path.parent.name))
    found = [root]
    for number in found:
        found += children.get(number, [])
    return found


def _size(number: int) -> int:
    try:
        text = (_PROC / str(number) / "smaps_rollup").read_text()
    except OSError:
        return 0  # It has ended, or is about to.
    lines = dict(
        line.split(":", 1) for line in text.splitlines() if ":" in line
    )
    return 1024 * int(lines.get("Pss", "0 kB").split()[0])
