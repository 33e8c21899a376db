"""Ensures one writer per folder or file; a second one is refused by name.

    with folder_lock.held(workdir, "run", "another --workdir"):
        ...

The lock is an operating-system lock on a hidden file, removed at the end. A
killed process may leave the file, but never the lock. Readers need none. Long
writers hold the lock before they start to work; short writes rely on
`atomic_write` alone.
"""

import contextlib
import datetime
import json
import os
import pathlib
import shlex
import socket
import sys
import time
from collections.abc import Iterator
from typing import Any

from tfrecords_tools.base import atomic_write, errors
from tfrecords_tools.base.files import file_lock

NAME = ".lock"
_LOOK_SECONDS = 0.05
_MOST_TRIES = 100
_LONGEST_COMMAND = 300  # Characters in a message.


@contextlib.contextmanager
def held(
    folder: str | os.PathLike,
    what: str = "command",
    instead: str = "another folder",
    wait: bool = False,
) -> Iterator[None]:
    """Keeps other writers out of a folder.

    Args:
        folder: created if missing, and removed if nothing was written.
        what: kind of writer, such as "build", for messages.
        instead: alternative for messages, such as "another --output".
        wait: whether to wait, with a message, instead of raising.

    Raises:
        UserError: another process writes there, or the folder is not
            writable.
    """
    folder = pathlib.Path(folder)
    created = [p for p in (folder, *folder.parents) if not os.path.lexists(p)]
    try:
        with _held(folder / NAME, folder, what, instead, wait):
            yield
    finally:
        with contextlib.suppress(OSError):  # Something was written.
            for each in created:
                each.rmdir()


@contextlib.contextmanager
def held_for(
    path: str | os.PathLike | None,
    what: str = "command",
    instead: str = "another name",
    wait: bool = False,
) -> Iterator[None]:
    """Keeps other writers out of a file, or of a folder that does not exist.

    Same arguments and exceptions as `held`; the lock is beside `path`. An
    empty path locks nothing.
    """
    if not path:
        yield
        return
    path = pathlib.Path(path)
    beside = path.with_name(f".{path.name}{NAME}")
    created = [p for p in path.parents if not os.path.lexists(p)]
    try:
        with _held(beside, path, what, instead, wait):
            yield
    finally:
        with contextlib.suppress(OSError):
            for each in created:
                each.rmdir()


@contextlib.contextmanager
def _held(
    file: pathlib.Path, place: pathlib.Path, what: str, instead: str, wait: bool
) -> Iterator[None]:
    try:
        lock = _take(file, place, what, wait=False)
    except file_lock.Busy:
        writer = _writer(file)
        if not wait:
            raise errors.UserError(
                f"{_writer_text(writer, place)}. Wait for its end, or "
                f"choose {instead}"
            ) from None
        print(
            f"waiting: {_writer_text(writer, place)}",
            file=sys.stderr,
            flush=True,
        )
        lock = _take(file, place, what, wait=True)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            lock.remove_file()
        lock.release()


def _take(
    file: pathlib.Path, place: pathlib.Path, what: str, wait: bool
) -> file_lock.Lock:
    while True:
        lock = _open(file, place, wait)
        if not lock.can_write:  # Left by a killed process of another user.
            with atomic_write.explained(place):
                lock.remove_file()
            lock.release()
        elif lock.is_certain:
            _sign(lock, what)
            return lock
        elif not _is_alive(_writer(file)):
            _sign(lock, what)
            print(
                f"note: the file system of {place} has no locks: make sure "
                "that nothing else writes there",
                file=sys.stderr,
            )
            return lock
        else:
            lock.release()
            if not wait:
                raise file_lock.Busy
            time.sleep(_LOOK_SECONDS)


def _open(
    file: pathlib.Path, place: pathlib.Path, wait: bool
) -> file_lock.Lock:
    with atomic_write.explained(place):
        for _ in range(_MOST_TRIES):
            file.parent.mkdir(parents=True, exist_ok=True)
            # Another process may remove the folder that it has made.
            with contextlib.suppress(FileNotFoundError):
                return file_lock.Lock(file, wait)
        return file_lock.Lock(file, wait)


def _sign(lock: file_lock.Lock, what: str) -> None:
    """Records the holder of the lock."""
    identity = {
        "what": what,
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "since": f"{datetime.datetime.now():%Y-%m-%d %H:%M:%S}",
        "command": shlex.join(sys.orig_argv),
        "started": _started(os.getpid()),
    }
    with contextlib.suppress(
        OSError
    ):  # On a full disk the holder stays unknown.
        os.ftruncate(lock.descriptor, 0)
        os.pwrite(lock.descriptor, json.dumps(identity).encode(), 0)


def _writer(file: pathlib.Path) -> dict[str, Any]:
    """Reads the holder of a lock; empty if unknown."""
    for _ in range(5):
        with contextlib.suppress(OSError, ValueError):
            identity = json.loads(file.read_text("utf-8"))
            return identity if isinstance(identity, dict) else {}
        time.sleep(_LOOK_SECONDS)  # Between its lock and its name.
    return {}


def _writer_text(writer: dict[str, Any], place: pathlib.Path) -> str:
    message = f"another {writer.get('what', 'command')} is writing into {place}"
    if not writer:
        return message
    command = str(writer.get("command"))
    if len(command) > _LONGEST_COMMAND:
        command = f"{command[:_LONGEST_COMMAND]}..."
    return (
        f"{message}: process {writer.get('pid')} on {writer.get('host')}, "
        f"since {writer.get('since')} ({command})"
    )


def _is_alive(writer: dict[str, Any]) -> bool:
    """Whether the process that wrote a lock file lives, on this machine."""
    if writer.get("host") != socket.gethostname():
        return False
    started = _started(writer.get("pid"))
    return started is not None and started == writer.get("started")


def _started(pid: Any) -> str | None:
    """Distinguishes a process from a later one with the same id."""
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return text.rpartition(")")[2].split()[19]
