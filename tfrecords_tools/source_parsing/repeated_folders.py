"""Checks whether labels are one folder deeper, equal in every outer folder.

`fold0/left fold0/right fold1/left fold1/right` is refused: a series of
folders is rarely a set of labels. `home/left home/right street/left
street/right` is ambiguous and gives a warning.
"""

import pathlib
import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence

from tfrecords_tools.base import errors
from tfrecords_tools.base.text import names, printable

_SERIES = re.compile(r"(.*?[^\W\d_])(?:[\W_]*\d+|[\W_]+[A-Za-z])")
_ARE_LABELS = re.compile("(class|label|categor|action|gesture|activit|type)")


def check(
    input: str, videos: Sequence[pathlib.PurePath], labels: str, instead: str
) -> None:
    """Refuses, or warns about, outer folders with equal subfolders.

    Args:
        input: the input folder, for messages.
        videos: in its folders, relative to it.
        labels: flag that makes the outer folders labels.
        instead: another way to state labels.

    Raises:
        UserError: the outer folders are a series, such as folds.
    """
    inside: dict[str, set[str]] = {}
    for path in videos:
        inner = names.normalized(path.parts[1]) if len(path.parts) > 2 else ""
        inside.setdefault(path.parts[0], set()).add(inner)
    counts = Counter(name for inner in inside.values() for name in inner)
    shared = {name for name, count in counts.items() if count > 1}
    shared = {name for name in shared if 2 * counts[name] > len(inside)}
    if "" in counts or len(shared) < 2 or 2 * len(shared) <= len(counts):
        return
    if _stem(shared) is not None:  # Such as day1, day2 of each label.
        return
    message = (
        f"the folders {_listed(inside)} hold no videos but the same folders: "
        f"{_listed(shared)}; if those are the labels make them the outermost "
        f"folders, or {instead}; if the outer ones are labels add {labels}"
    )
    stem = _stem(inside)
    if stem and not _ARE_LABELS.match(stem):
        raise errors.UserError(f"--input={input}: {message}")
    message = printable.name(f"--input={input}: {message}")
    print(f"warning: {message}", file=sys.stderr)


def _stem(folders: Iterable[str]) -> str | None:
    """Returns the common prefix of a series; empty for bare numbers."""
    stems = set()
    for name in folders:
        found = _SERIES.fullmatch(name)
        bare = "" if name.isdecimal() else None
        stems.add(found[1].lower() if found else bare)
    return stems.pop() if len(stems) == 1 else None


def _listed(folders: Iterable[str], most: int = 5) -> str:
    folders = sorted(folders)
    more = f" and {len(folders) - most} more" if len(folders) > most else ""
    return ", ".join(folders[:most]) + more
