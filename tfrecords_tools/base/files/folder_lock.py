"""One writer a folder, or a file: a second one is told who the first is.

    with folder_lock.held(workdir, "run", "another --workdir"):
        ...

The lock is one of the operating system on a hidden file, which is gone after
the end. A killed process may leave the file, but never the lock. Readers need
none. Whoever writes for longer than a moment holds it from before the work;
short writes are guarded by `atomic_write` alone.
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
        folder: it is made, and removed again where nothing was written.
        what: who writes, such as "build", for the message to others.
        instead: what to choose instead, such as "another --output".
        wait: whether to wait for the other one, and say so, instead of being
            refused.

    Raises:
        UserError: another process writes there, or nobody can.
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
    """Keeps out other writers of a file, or of a folder that is not there yet.

    Takes and raises what `held` does; the lock stands beside `path`. No path
    is no file, and nothing is held.
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
                f"{_told(writer, place)}. Wait for its end, or choose {instead}"
            ) from None
        print(
            f"waiting: {_told(writer, place)}",
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
        if not lock.can_write:  # Another user's, who was killed.
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
    """Writes who holds the lock."""
    identity = {
        "what": what,
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "since": f"{datetime.datetime.now():%Y-%m-%d %H:%M:%S}",
        "command": shlex.join(sys.orig_argv),
        "started": _started(os.getpid()),
    }
    with contextlib.suppress(OSError):  # On a full disk nobody is told.
        os.ftruncate(lock.descriptor, 0)
        os.pwrite(lock.descriptor, json.dumps(identity).encode(), 0)


def _writer(file: pathlib.Path) -> dict[str, Any]:
    """Who holds a lock; empty where nobody says so."""
    for _ in range(5):
        with contextlib.suppress(OSError, ValueError):
            identity = json.loads(file.read_text("utf-8"))
            return identity if isinstance(identity, dict) else {}
        time.sleep(_LOOK_SECONDS)  # Between its lock and its name.
    return {}


def _told(writer: dict[str, Any], place: pathlib.Path) -> str:
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
    """Tells a process from a later one of the same number."""
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return text.rpartition(")")[2].split()[19]
