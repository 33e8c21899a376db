"""An operating-system lock on a file; it ends with the process.

Killed processes leave no lock behind. Child processes never hold it: started
programs do not inherit it, and a forked process releases it at once.
`folder_lock` records the holder of a lock, for commands.
"""

import contextlib
import errno
import fcntl
import os
import pathlib
from collections.abc import Iterator

_NO_LOCKS = {
    errno.ENOLCK,
    errno.ENOSYS,
    errno.ENOTSUP,
    errno.EOPNOTSUPP,
    errno.EINVAL,
    errno.EBADF,  # NFS locks no file that is open for reading alone.
}
_held: set[int] = set()


class Busy(Exception):
    """Another process, or another thread, holds the lock."""


class Lock:
    """A held lock.

    Attributes:
        descriptor: of the locked file.
        is_certain: False if the file system does not support locks.
        path: of the file.
    """

    def __init__(
        self,
        path: str | os.PathLike,
        wait: bool = False,
        is_folder: bool = False,
    ):
        """Opens and locks a file, created if missing, or an existing folder.

        Args:
            path: of the file or folder.
            wait: whether to wait until the lock is free.
            is_folder: whether `path` is a folder.

        Raises:
            Busy: the lock is held elsewhere.
            OSError: the file cannot be opened.
        """
        self.path, current = pathlib.Path(path), False
        while not current:
            self.descriptor = _open(self.path, is_folder)
            try:
                self.is_certain = _lock(self.descriptor, wait)
                current = self.is_current()
            finally:
                if not current:
                    os.close(self.descriptor)
        _held.add(self.descriptor)

    @property
    def can_write(self) -> bool:
        """Whether the descriptor is open for writing."""
        mode = fcntl.fcntl(self.descriptor, fcntl.F_GETFL) & os.O_ACCMODE
        return mode != os.O_RDONLY

    def is_current(self) -> bool:
        """Whether the path still names the locked file."""
        try:
            named = os.stat(self.path)
        except FileNotFoundError:
            return False
        return os.path.samestat(os.fstat(self.descriptor), named)

    def remove_file(self) -> None:
        """Removes the file if this process owns it; forked ones do not."""
        if self.descriptor in _held and self.is_current():
            self.path.unlink()

    def release(self) -> None:
        """Releases the lock."""
        if self.descriptor in _held:
            _held.remove(self.descriptor)
            os.close(self.descriptor)


@contextlib.contextmanager
def held(path: str | os.PathLike, is_folder: bool = False) -> Iterator[None]:
    """Holds a `Lock`; same arguments and exceptions."""
    lock = Lock(path, is_folder=is_folder)
    try:
        yield
    finally:
        lock.release()


def _open(path: pathlib.Path, is_folder: bool) -> int:
    if is_folder:
        return os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except PermissionError:  # Of another user; reading suffices for a lock.
        if not path.exists():
            raise
        return os.open(path, os.O_RDONLY)


def _lock(descriptor: int, wait: bool) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        raise Busy from None
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
        return False
    return True


def _let_go() -> None:
    while _held:
        os.close(_held.pop())


# A worker that outlives a killed parent would otherwise keep the lock.
os.register_at_fork(after_in_child=_let_go)
