"""One contender of network_speed in a process of its own, kept alive.

Run as `python -m tests.benchmarks.networks.network_worker JOB` with the Python
of the contender's environment. Tells what it built, then, after each line
`LEAD SECONDS`, how long each step took in that time; as JSON, one line each.
"""

import importlib
import json
import resource
import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.benchmarks.input import input_worker
from tests.benchmarks.measuring import tables
from tests.benchmarks.networks import network_job

_LEAST_STEPS = 2


class Round(NamedTuple):
    """What was done in one round.

    Attributes:
        seconds: of each step, by the clock.
        cpu_seconds: of the process, all steps together.
        memory_mb: the most that the process has held so far.
    """

    seconds: list[float]
    cpu_seconds: float
    memory_mb: float


def main() -> None:
    """Serves rounds until stdin ends."""
    input_worker.end_with_parent()
    values = json.loads(sys.argv[1])
    job = network_job.Job(**values)._replace(options=tuple(values["options"]))
    output = input_worker.quiet_output()
    name = f"tests.benchmarks.network_peers.{job.peer}"
    peer = importlib.import_module(name)
    built = peer.build(job)
    first, _ = built.once(), built.once()  # The first also compiles.
    about = {
        "parameters": built.parameters,
        "first": float(first),
        "versions": tables.versions(*peer.PACKAGES),
    }
    print(json.dumps(about), file=output, flush=True)
    for line in sys.stdin:
        lead, seconds = map(float, line.split())
        made = _round(built.once, lead, seconds)
        print(json.dumps(made._asdict()), file=output, flush=True)


def _round(once: Callable[[], Any], lead: float, seconds: float) -> Round:
    start = time.perf_counter()
    while time.perf_counter() - start < lead:
        once()
    cpu, taken = input_worker.cpu_seconds(), []
    while len(taken) < _LEAST_STEPS or sum(taken) < seconds:
        start = time.perf_counter()
        once()
        taken.append(time.perf_counter() - start)
    cpu = input_worker.cpu_seconds() - cpu
    return Round(taken, cpu, _peak_memory_mb())


def _peak_memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
