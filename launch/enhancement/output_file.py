"""Checks before any work whether the output can be written."""

import os
import pathlib
from collections.abc import Collection

from tfrecords_tools.base import atomic_write, errors, path_checks


def check(
    output: str, source: str | os.PathLike, endings: Collection[str]
) -> None:
    """Refuses a file that cannot be written or would replace its source.

    Args:
        output: file to write; its folder may be missing.
        source: input file.
        endings: supported ones, such as ".mp4".

    Raises:
        UserError: names the reason.
    """
    path = pathlib.Path(output)
    path_checks.check_length("output", path)
    if path.is_dir():
        raise errors.UserError(
            f"--output={output} is a folder: wanted the name of a file, such "
            f"as {path / 'enhanced'}{next(iter(endings))}"
        )
    if path.suffix.lower() not in endings:
        raise errors.UserError(
            f"--output={output} ends in {path.suffix or 'nothing'!r}: wanted "
            f"one of {', '.join(endings)}, which determines the container"
        )
    temporary = path.with_name(f"{path.name}{atomic_write.TEMPORARY}")
    path_checks.check_length("output", temporary)
    for each in (path, temporary):
        if each.exists() and os.path.exists(source):
            if os.path.samefile(each, source):
                raise errors.UserError(
                    f"--output={output} would replace the input video "
                    f"{source}: choose another name"
                )
    _check_folder(path)


def _check_folder(path: pathlib.Path) -> None:
    folder = path.absolute().parent
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if not folder.is_dir():
        raise errors.UserError(
            f"cannot write {path}: {folder} is a file, not a folder; choose "
            "another path"
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise errors.UserError(
            f"cannot write {path}: {folder} is not writable; choose "
            "another folder"
        )
