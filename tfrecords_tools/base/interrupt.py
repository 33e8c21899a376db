"""Ctrl-C where an exception in the middle would be lost or do harm."""

import contextlib
import os
import select
import signal
import threading
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def deferred() -> Iterator[None]:
    """Holds Ctrl-C back till the end; processes started inside never see it.

    At the end it is raised instead of all else.
    They inherit the mask. The handler is for the parent's other threads,
    which may take the signal where the main one does not.
    """
    if not _is_main():
        yield
        return
    with _handled_later():
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def stop_signals() -> tuple[signal.Signals, ...]:
    """SIGTERM and SIGINT, without one that is ignored from the start.

    `nohup command &` in a script ignores SIGINT for good: Ctrl-C is meant for
    others then.
    """
    both = signal.SIGTERM, signal.SIGINT
    return tuple(s for s in both if signal.getsignal(s) != signal.SIG_IGN)


class Noted:
    """Ctrl-C that is noted, and raised afterwards, around calls of C code.

    A callback of theirs may not raise it: they swallow it, or take it for
    the end of what they read.

    Attributes:
        came: whether it did.
    """

    def __init__(self) -> None:
        self.came = False
        # A byte for each signal, whichever thread it came to.
        self._told, self._tell = os.pipe()
        for end in (self._told, self._tell):
            os.set_blocking(end, False)

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """Notes it until the end, where it is raised instead of all else."""
        if not (_is_main() and callable(signal.getsignal(signal.SIGINT))):
            yield
            return
        with _handled_later(self._note):
            before = signal.set_wakeup_fd(self._tell, warn_on_full_buffer=False)
            try:
                yield
            finally:
                signal.set_wakeup_fd(before)

    def wait_for(self, file: int) -> bool:
        """Whether there is something to read in `file`; False: Ctrl-C came."""
        while not self.came:
            ready, _, _ = select.select([file, self._told], [], [])
            if self._told in ready:
                os.read(self._told, 4096)
            elif file in ready:
                return True
        return False

    def close(self) -> None:
        """Closes what it listens with."""
        os.close(self._told)
        os.close(self._tell)

    def _note(self) -> None:
        self.came = True


@contextlib.contextmanager
def _handled_later(note: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Calls `note` when Ctrl-C comes; the handler that was, at the end."""
    seen = []

    def take(*arguments) -> None:
        seen.append(arguments)
        note()

    handler = signal.signal(signal.SIGINT, take)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        if seen and callable(handler):
            handler(*seen[0])


def _is_main() -> bool:
    return threading.current_thread() is threading.main_thread()
