"""Processes of a worker module: started together, run one at a time."""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.benchmarks.input import input_worker
from tfrecords_tools.base import errors

ROOT = pathlib.Path(__file__).parents[3]
_LEAVE_SECONDS = 10


class Start(NamedTuple):
    """How a worker is started.

    Attributes:
        python: of the contender's environment.
        job: a tuple of plain values with names, for the module.
        environment: variables beside those of this process.
        module: serves as input_worker does.
        round: what the module tells of a round.
    """

    python: str
    job: Any
    environment: dict[str, str] = {}
    module: str = "tests.benchmarks.input.input_worker"
    round: type = input_worker.Round


class Worker:
    """One contender; stopped but for the time of its rounds.

    Attributes:
        name: of the contender.
        about: what it told of its first batch; empty until `ready`.
    """

    def __init__(self, name: str, start: Start):
        self.name, self._made = name, start.round
        told = json.dumps(start.job._asdict())
        quiet = {"TF_CPP_MIN_LOG_LEVEL": "2"}
        self.process = subprocess.Popen(
            [start.python, "-m", start.module, told],
            cwd=ROOT,
            env=os.environ | quiet | start.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.about: dict[str, Any] = {}

    def ready(self) -> None:
        """Waits for its first batch."""
        self.about = self._told()
        self._signal(signal.SIGSTOP)

    def round(self, lead: float, seconds: float) -> Any:
        """Lets it run; the timed part begins after `lead` seconds."""
        self._signal(signal.SIGCONT)
        print(lead, seconds, file=self.process.stdin, flush=True)
        told = self._told()
        self._signal(signal.SIGSTOP)
        return self._made(**told)

    def leave(self) -> None:
        """Asks it to end."""
        with contextlib.suppress(OSError):
            self._signal(signal.SIGCONT)
            self.process.stdin.close()

    def end(self) -> None:
        """Waits for that, then ends it and all its children."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(_LEAVE_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            self._signal(signal.SIGKILL)
        self.process.wait()

    def _signal(self, number: signal.Signals) -> None:
        os.killpg(self.process.pid, number)

    def _told(self) -> dict[str, Any]:
        for line in self.process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        self.process.wait()
        text = self.process.stderr.read()
        raise errors.UserError(f"{self.name} ended: {text[-3000:]}")


@contextlib.contextmanager
def all_of(
    starts: dict[str, Start],
) -> Iterator[list[Worker]]:
    """Starts a worker for every name and ends them.

    Raises:
        UserError: one fails; what it printed is in the message.
    """
    workers: list[Worker] = []
    try:
        for name, start in starts.items():
            workers.append(Worker(name, start))
        for worker in workers:
            worker.ready()
        yield workers
    finally:
        for worker in workers:
            worker.leave()
        for worker in workers:
            worker.end()
