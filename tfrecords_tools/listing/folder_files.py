"""Every file below a folder, links followed, hidden ones passed over."""

import os
import pathlib

from tfrecords_tools.base import errors


def below(root: str | os.PathLike) -> list[pathlib.PurePath]:
    """Lists the files below a folder.

    Args:
        root: the folder; one that is not there has no files.

    Returns:
        Paths relative to `root`, in the order of the folders. A folder that
        several links lead to is listed once, so that none goes on for ever.

    Raises:
        UserError: a folder cannot be listed.
    """
    root = pathlib.Path(root)
    found, seen = [], set()
    for folder, inside, names in os.walk(
        root, onerror=_explain, followlinks=True
    ):
        real = os.path.realpath(folder)
        if real in seen:  # A link back to a folder above.
            inside.clear()
            continue
        seen.add(real)
        inside[:] = sorted(name for name in inside if name[0] != ".")
        beside = pathlib.Path(folder).relative_to(root)
        found += [beside / name for name in names if name[0] != "."]
    return found


def _explain(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise errors.UserError(
            f"cannot list {error.filename}: {error.strerror}; allow it, or "
            "its videos would be missed"
        ) from error
