"""Processes of input_worker: started together, run one at a time."""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
from collections.abc import Iterator
from typing import Any

from tests.benchmarks import input_worker
from tfrecords_tools.base import errors

ROOT = pathlib.Path(__file__).parents[2]
_LEAVE_SECONDS = 10


class Worker:
    """One contender; stopped but for the time of its rounds.

    Attributes:
        name: of the contender.
        about: what it told of its first batch; empty until `ready`.
    """

    def __init__(self, name: str, python: str, job: input_worker.Job):
        self.name = name
        module = "tests.benchmarks.input_worker"
        self.process = subprocess.Popen(
            [python, "-m", module, json.dumps(job._asdict())],
            cwd=ROOT,
            env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "2"},
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

    def round(self, lead: float, seconds: float) -> input_worker.Round:
        """Lets it run; the timed part begins after `lead` seconds."""
        self._signal(signal.SIGCONT)
        print(lead, seconds, file=self.process.stdin, flush=True)
        told = self._told()
        self._signal(signal.SIGSTOP)
        return input_worker.Round(**told)

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
    jobs: dict[str, tuple[str, input_worker.Job]],
) -> Iterator[list[Worker]]:
    """Starts a worker for every name, given a Python and a job; ends them.

    Raises:
        UserError: one fails; what it printed is in the message.
    """
    workers: list[Worker] = []
    try:
        for name, (python, job) in jobs.items():
            workers.append(Worker(name, python, job))
        for worker in workers:
            worker.ready()
        yield workers
    finally:
        for worker in workers:
            worker.leave()
        for worker in workers:
            worker.end()
