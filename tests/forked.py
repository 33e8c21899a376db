"""Commands in processes of their own that need not load TensorFlow again.

They are forked from a process that has imported it and done nothing else,
which saves 2.5 s of CPU each. What happens before TensorFlow is loaded is
tested with real ones, in tests/launch/startup.
"""

import multiprocessing
import os
import pathlib
import runpy
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from typing import Any

ROOT = pathlib.Path(__file__).parents[1]

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tensorflow", "keras"])
Pipe = _CONTEXT.Pipe


class Process:
    """What `subprocess.Popen` gives of a process whose output is kept."""

    def __init__(
        self,
        target: Callable[..., None],
        *arguments: Any,
        env: Mapping[str, str] | None = None,
        cwd: pathlib.Path = ROOT,
    ):
        self._kept = [tempfile.NamedTemporaryFile("r") for _ in range(2)]
        names = [kept.name for kept in self._kept]
        given = dict(os.environ if env is None else env), cwd, names
        self._process = _CONTEXT.Process(
            target=_begin, args=(*given, target, *arguments)
        )
        self._process.start()

    @property
    def returncode(self) -> int | None:
        """The exit status, -N after signal N, None while it runs."""
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Sends it unless the process has ended."""
        if self.returncode is None:
            os.kill(self._process.pid, number)

    def kill(self) -> None:
        """Ends it."""
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """The exit status."""
        self._process.join(timeout)
        if self.returncode is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout)
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Standard output and standard error, once it has ended."""
        self.wait(timeout)
        out, err = (pathlib.Path(kept.name).read_text() for kept in self._kept)
        return out, err

    def first_line(self) -> str:
        """Returns the first line of standard output, once it is written."""
        path = pathlib.Path(self._kept[0].name)
        while "\n" not in path.read_text() and self.returncode is None:
            time.sleep(0.01)
        return path.read_text().partition("\n")[0]


def start(module: str, *arguments: str, **more: Any) -> Process:
    """`python -m module arguments`; `more` are `env` and `cwd`."""
    return Process(run_module, module, arguments, **more)


def run(
    module: str, *arguments: str, **more: Any
) -> subprocess.CompletedProcess:
    """The same, when it has ended."""
    return _ended(start(module, *arguments, **more), module, *arguments)


def run_code(code: str, *arguments: str) -> subprocess.CompletedProcess:
    """`python -c code arguments`, in the top folder, when it has ended."""
    return _ended(Process(_run_code, code, arguments), "-c", *arguments)


def _ended(process, *arguments):
    out, err = process.communicate(280)
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


def _begin(env, cwd, names, target, *arguments):
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    for stream, name in zip((1, 2), names, strict=True):
        kept = os.open(name, os.O_WRONLY | os.O_APPEND)
        os.dup2(kept, stream)
        os.close(kept)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    target(*arguments)


def run_module(module, arguments):
    """`python -m module arguments`, in this process."""
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _run_code(code, arguments):
    sys.argv = ["-c", *arguments]
    exec(code, {"__name__": "__main__"})
