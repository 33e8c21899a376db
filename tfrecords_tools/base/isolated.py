"""Runs a function in a process that bad input may crash, hang or bloat.

The process serves many calls; if it dies, the next call starts a new one. It
shares nothing with its parent: arguments and results are pickled, and
TensorFlow, if loaded, stays in the parent.
"""

import contextlib
import dataclasses
import math
import multiprocessing.connection as connections
import os
import pathlib
import pickle
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from tfrecords_tools.base import settings

_LOOK_SECONDS = 1.0
_MAIN = f"import sys; from {__name__} import serve; serve(int(sys.argv[1]))"


@dataclasses.dataclass(frozen=True)
class Config:
    """Resource limits per file; a file that exceeds them is given up."""

    cpu_seconds: int = settings.setting(
        300,
        "CPU seconds per record before a file is given up. CPU time, not "
        "wall-clock time, so that the result is the same on a busy machine.",
        minimum=1,
    )
    memory_mb: int = settings.setting(
        2048, "Memory limit of a decoding process, MB.", minimum=64
    )
    stall_seconds: int = settings.setting(
        300,
        "Wall-clock seconds after which a decoding process that uses no CPU "
        "counts as hung.",
        minimum=1,
    )


class Died(Exception):
    """The process ended without a result.


    Attributes:
        status: crashed, too_slow or too_large.
        reason: a sentence.
    """

    def __init__(self, status: str, reason: str) -> None:
        super().__init__(status, reason)
        self.status, self.reason = status, reason


class Process:
    """A process that serves calls of one function.

    Use it in a `with` statement, from one thread at a time.
    """

    def __init__(
        self, limits: Config, function: Callable[..., Iterator], *first: Any
    ) -> None:
        """Sets the function and its first arguments.

        Args:
            limits: of one call.
            function: of a module; returns an iterator over the results.
            first: arguments shared by all calls; sent once.
        """
        self._limits = limits
        self._task = pickle.dumps((limits, function, first))
        self._child: subprocess.Popen | None = None
        self._interrupted = False

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the process; a later call starts a new one."""
        if self._child is not None:
            self._pipe.close()
            self._child.kill()
            self._child.wait()
            self._child = None

    def interrupt(self) -> None:
        """Ends the current call and refuses others; thread-safe."""
        self._interrupted = True
        child = self._child
        if child is not None:
            child.kill()

    def check_interrupted(self) -> None:
        """Raises InterruptedError after `interrupt`."""
        if self._interrupted:
            raise InterruptedError("stopped")

    def run(self, *rest: Any) -> Iterator[Any]:
        """Yields the results of the function; raises its exceptions.

        Raises:
            Died: it crashed or exceeded a limit. The next call starts a new
                process.
            InterruptedError: `interrupt` was called.
        """
        self.check_interrupted()
        if self._child is None:
            self._start()
            self.check_interrupted()  # It may have come meanwhile.
        finished = False
        try:
            self._pipe.send(rest)
            while True:
                kind, value = self._answer()
                if kind == "item":
                    yield value
                    continue
                finished = kind == "end"
                if kind == "raise":
                    # Out of memory leaves a process in pieces.
                    finished = not isinstance(value, (MemoryError, Died))
                    raise value
                return
        except (EOFError, ConnectionError):
            self.check_interrupted()
            raise self._cause_of_death() from None
        finally:
            if not finished:
                self.close()

    def _start(self) -> None:
        self._pipe, theirs = connections.Pipe()
        self._child = subprocess.Popen(
            [sys.executable, "-c", _MAIN, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the parent alone.
        )
        theirs.close()
        with contextlib.suppress(ConnectionError):  # `run` will find out.
            self._pipe.send_bytes(self._task)

    def _answer(self) -> tuple[str, Any]:
        used, since = None, time.monotonic()
        while not self._pipe.poll(_LOOK_SECONDS):
            now = _processor_ticks(self._child.pid)
            if now is None or now != used:
                used, since = now, time.monotonic()
            elif time.monotonic() - since > self._limits.stall_seconds:
                raise Died(
                    "too_slow",
                    "the decoder did nothing for "
                    f"{self._limits.stall_seconds} s",
                )
        return self._pipe.recv()

    def _cause_of_death(self) -> Died:
        code = self._child.wait()
        if code == -signal.SIGXCPU:
            return Died(
                "too_slow",
                "the decoder needs more than "
                f"{self._limits.cpu_seconds} s of CPU time for a record",
            )
        name = signal.Signals(-code).name if code < 0 else f"exit {code}"
        return Died("crashed", f"the decoder crashed ({name})")


def _processor_ticks(pid: int) -> int | None:
    """CPU time so far; None if the process waits for the system."""
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    state, *fields = text.rpartition(")")[2].split()
    # D waits for a disk, T was stopped by a signal.
    return None if state in "DT" else int(fields[10]) + int(fields[11])


def serve(descriptor: int) -> None:
    """Main loop of the process: serves calls until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    watch = threading.Thread(
        target=_end_with_parent, args=(os.getppid(),), daemon=True
    )
    watch.start()
    with contextlib.suppress(EOFError, ConnectionError):
        _answer_calls(connections.Connection(descriptor))


def _answer_calls(pipe: connections.Connection) -> None:
    limits, function, first = pickle.loads(pipe.recv_bytes())
    _limit_memory(limits)
    while True:
        rest = pipe.recv()
        try:
            _allow_time(limits)
            for item in function(*first, *rest):
                pipe.send(("item", item))
                _allow_time(limits)
            pipe.send(("end", None))
        except ConnectionError:
            raise  # The parent is gone.
        except MemoryError:
            reason = f"needs more than {limits.memory_mb} MB of memory"
            pipe.send(("raise", Died("too_large", reason)))
        except Exception as error:
            pipe.send(("raise", _sendable(error)))


def _sendable(error: Exception) -> Exception:
    """Returns the error, or its text if it cannot be pickled."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(repr(error))
    return error


def _allow_time(limits: Config) -> None:
    until = math.ceil(time.process_time() + limits.cpu_seconds)
    _set_limit(resource.RLIMIT_CPU, until)


def _limit_memory(limits: Config) -> None:
    _set_limit(resource.RLIMIT_CORE, 0)
    _set_limit(resource.RLIMIT_DATA, limits.memory_mb * 1_000_000)


def _set_limit(kind: int, value: int) -> None:
    """Sets the soft limit, capped at the user's hard limit."""
    hard = resource.getrlimit(kind)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(kind, (value, hard))


def _end_with_parent(parent: int) -> None:
    """Ends the process when its parent dies, even during a call."""
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os._exit(1)
