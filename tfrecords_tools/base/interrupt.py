"""Lets worker processes start so that Ctrl-C reaches their parent alone."""

import contextlib
import signal
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def deferred() -> Iterator[None]:
    """Holds Ctrl-C back till the end; processes started inside never see it.

    They inherit the mask. The handler is for the parent's other threads,
    which may take the signal where the main one does not.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    seen = []
    handler = signal.signal(signal.SIGINT, lambda *told: seen.append(told))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, handler)
    if seen and callable(handler):
        handler(*seen[0])
