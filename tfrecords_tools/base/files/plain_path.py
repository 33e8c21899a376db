"""Paths for libraries that interpret characters in them as patterns.

TensorFlow finds a checkpoint, and so an exported model, by a pattern made of
its path: files in `run[1]` are never found, escaped or not. Such files are
read through temporary links with plain names.
"""

import contextlib
import os
import tempfile
from collections.abc import Iterator

from tfrecords_tools.base import errors

_PATTERN = frozenset("*?[\\")
_LINK = "link"


@contextlib.contextmanager
def to(path: str | os.PathLike) -> Iterator[str]:
    """Yields a path to the same files without pattern characters.

    Args:
        path: a folder, or the prefix of file names, such as `state` of
            `state.index`. Addresses such as gs:// are unchanged.

    Raises:
        UserError: no link can be created.
    """
    path = os.fspath(path)
    if "://" in path or not _PATTERN.intersection(path):
        yield path
        return
    with contextlib.ExitStack() as stack:
        yield _linked(os.path.abspath(path), stack)


def _linked(path: str, stack: contextlib.ExitStack) -> str:
    try:
        place = tempfile.TemporaryDirectory(prefix="", dir=_plain_folder())
        link = os.path.join(stack.enter_context(place), _LINK)
        if os.path.isdir(path):
            os.symlink(path, link, target_is_directory=True)
        elif os.path.isdir(os.path.dirname(path)):
            folder, name = os.path.split(path)
            for each in os.listdir(folder):
                if each == name or each.startswith(f"{name}."):
                    rest = each.removeprefix(name)
                    os.symlink(os.path.join(folder, each), link + rest)
        return link
    except OSError as error:
        raise errors.UserError(
            f"{path} holds one of * ? [ \\, which TensorFlow treats as a "
            f"pattern, and no link to it can be created ({error}): set TMPDIR "
            "to a writable folder, or rename it"
        ) from error


def _plain_folder() -> str:
    standard = tempfile.gettempdir()
    for folder in (standard, "/tmp", "/var/tmp"):
        if not _PATTERN.intersection(folder) and os.path.isdir(folder):
            return folder
    return standard
