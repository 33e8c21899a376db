"""Writes files and folders atomically: whole, or not at all.

A file is written under a temporary name in the same folder, flushed, synced
and renamed; a folder likewise. After a failure the previous content is
untouched. A temporary name has one writer: a second process is refused.
"""

import contextlib
import errno
import os
import pathlib
import shutil
from collections.abc import Iterator
from typing import IO

from tfrecords_tools.base import errors
from tfrecords_tools.base.files import file_lock

TEMPORARY = ".partial"


@contextlib.contextmanager
def file(path: str | os.PathLike, mode: str = "wb") -> Iterator[IO]:
    """Opens `path` for writing; the file gets its name only on success.

    Args:
        path: the final name; a missing folder is created.
        mode: "wb" or "w" (UTF-8, no newline translation).

    Raises:
        UserError: the disk is full or the place cannot be written.
    """
    with renamed(path) as temporary:
        text = {} if "b" in mode else {"encoding": "utf-8", "newline": ""}
        with open(temporary, mode, **text) as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())


@contextlib.contextmanager
def renamed(path: str | os.PathLike) -> Iterator[pathlib.Path]:
    """Yields a temporary file name, renamed to `path` on success."""
    path = pathlib.Path(path)
    temporary = path.with_name(f"{path.name}{TEMPORARY}")
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(temporary, path):
            try:
                yield temporary
                os.replace(temporary, path)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise
        sync_folder(path.parent)


@contextlib.contextmanager
def folder(path: str | os.PathLike) -> Iterator[pathlib.Path]:
    """Yields an empty folder, renamed to `path`, which must not exist."""
    path = pathlib.Path(path)
    temporary = path.with_name(f"{path.name}{TEMPORARY}")
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.mkdir(exist_ok=True)
        with _alone(temporary, path, is_folder=True):
            _empty(temporary)
            try:
                yield temporary
                _sync_tree(temporary)
                os.rename(temporary, path)
            except BaseException:
                shutil.rmtree(temporary, ignore_errors=True)
                raise
        sync_folder(path.parent)


@contextlib.contextmanager
def _alone(
    temporary: pathlib.Path, path: pathlib.Path, is_folder: bool = False
) -> Iterator[None]:
    try:
        with file_lock.held(temporary, is_folder):
            yield
    except file_lock.Busy:
        raise errors.UserError(
            f"another process is writing {path}: wait until it ends, or "
            "choose another place"
        ) from None


def _empty(folder: pathlib.Path) -> None:
    for each in folder.iterdir():
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each)
        else:
            each.unlink()


@contextlib.contextmanager
def explained(path: str | os.PathLike) -> Iterator[None]:
    """Converts a full disk or missing permission into one clear message."""
    try:
        yield
    except (BrokenPipeError, InterruptedError):
        raise  # Of the terminal or of a stopped worker, not of `path`.
    except OSError as error:
        reason = _REASONS.get(error.errno, error.strerror or str(error))
        raise errors.UserError(
            f"cannot write {path}: {reason}. The previous content is "
            "untouched; fix the cause and re-run the same command"
        ) from error


_REASONS = {
    errno.ENOSPC: "the disk is full, free some space",
    errno.EDQUOT: "the disk quota is used up, free some space",
    errno.EFBIG: "the file would pass the size limit, raise it (ulimit -f)",
    errno.EACCES: "permission denied, choose another folder",
    errno.EROFS: "the file system is read-only, choose another folder",
    errno.ENOTEMPTY: "a folder stands there already, choose another name",
    errno.EEXIST: "a file stands where a folder is wanted, choose another",
    errno.ENOTDIR: "a file stands where a folder is wanted, choose another",
    errno.EISDIR: "a folder stands where a file is wanted, choose another",
    errno.ENAMETOOLONG: "the name is too long, choose a shorter one",
}


def sync_folder(path: pathlib.Path) -> None:
    """Syncs the names in a folder to disk, so that they survive a crash."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_tree(path: pathlib.Path) -> None:
    for each in sorted(path.rglob("*")):
        if each.is_file():
            with open(each, "rb+") as stream:
                os.fsync(stream.fileno())
    sync_folder(path)
