"""Handles Ctrl-C where an exception in the middle would be lost or do harm."""

import contextlib
import os
import select
import signal
import threading
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def deferred() -> Iterator[None]:
    """Defers Ctrl-C to the end of the block; child processes never see it.

    At the end KeyboardInterrupt replaces any other exception. Processes
    started inside inherit the mask. The handler is for other threads of this
    process, which may receive the signal instead of the main one.
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
    """Returns SIGTERM and SIGINT, except those ignored from the start.

    `nohup command &` in a script ignores SIGINT: Ctrl-C is then meant for
    other processes.
    """
    both = signal.SIGTERM, signal.SIGINT
    return tuple(s for s in both if signal.getsignal(s) != signal.SIG_IGN)


class Noted:
    """Records Ctrl-C during calls of C code and raises it afterwards.

    A callback cannot raise it: C code swallows the exception or takes it for
    the end of its input.

    Attributes:
        came: whether Ctrl-C was received.
    """

    def __init__(self) -> None:
        self.came = False
        # A byte for each signal, whichever thread it came to.
        self._reading, self._tell = os.pipe()
        for end in (self._reading, self._tell):
            os.set_blocking(end, False)

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """Defers Ctrl-C to the end, where it replaces any other exception."""
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
        """Waits for data in `file`; returns False after Ctrl-C."""
        while not self.came:
            ready, _, _ = select.select([file, self._reading], [], [])
            if self._reading in ready:
                os.read(self._reading, 4096)
            elif file in ready:
                return True
        return False

    def close(self) -> None:
        """Closes its file descriptors."""
        os.close(self._reading)
        os.close(self._tell)

    def _note(self) -> None:
        self.came = True


@contextlib.contextmanager
def _handled_later(note: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Calls `note` on Ctrl-C; restores the old handler at the end."""
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
