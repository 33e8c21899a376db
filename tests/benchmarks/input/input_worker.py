"""One contender of input_speed in a process of its own, kept alive.

Run as `python -m tests.benchmarks.input.input_worker JOB` with the Python of
the contender's environment. Tells what a batch looks like, then, after each
line `LEAD SECONDS`, what it made in that time; as JSON, one line each.
"""

import ctypes
import importlib
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from typing import Any, NamedTuple, TextIO

import numpy as np

from tests.benchmarks.measuring import process_memory, tables

_END_WITH_PARENT = 1  # PR_SET_PDEATHSIG


class Job(NamedTuple):
    """What a contender is to make batches of.

    Attributes:
        peer: file in `input_peers`.
        variant: what that file offers beside its plain form.
        data: folder that it reads.
        size: height and width to come out, pixels.
        frames: of a clip.
        stride: video frames from one frame of the clip to the next.
        batch: clips.
        workers: processes or threads, where they have to be counted.
    """

    peer: str
    variant: str
    data: str
    size: int
    frames: int = 16
    stride: int = 2
    batch: int = 8
    workers: int = 2


class Round(NamedTuple):
    """What came out in one round.

    Attributes:
        clips: whole batches of them.
        seconds: of the clock.
        cpu_seconds: of the process and its children.
    """

    clips: int
    seconds: float
    cpu_seconds: float


def main() -> None:
    """Serves rounds until stdin ends."""
    end_with_parent()
    job = Job(**json.loads(sys.argv[1]))
    # It may start this process again, so it comes before all else.
    peer = importlib.import_module(f"tests.benchmarks.input_peers.{job.peer}")
    output = quiet_output()
    batches = peer.batches(job)
    first = next(batches)
    about = {
        "shape": [*getattr(first, "shape", [len(first)])],
        "dtype": _dtype(first),
        "mean": _mean(first),
        "versions": tables.versions(*peer.PACKAGES),
    }
    print(json.dumps(about), file=output, flush=True)
    for line in sys.stdin:
        lead, seconds = map(float, line.split())
        made = _round(batches, lead, seconds)
        print(json.dumps(made._asdict()), file=output, flush=True)


def end_with_parent() -> None:
    """This process is killed when that which started it ends."""
    ctypes.CDLL(None).prctl(_END_WITH_PARENT, signal.SIGKILL)


def quiet_output() -> TextIO:
    """The output for lines of ours; what libraries print goes elsewhere."""
    output = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return output


def _round(batches: Iterator[Any], lead: float, seconds: float) -> Round:
    """Counts what comes after `lead`, when nothing made before is left."""
    start = time.perf_counter()
    while time.perf_counter() - start < lead:
        next(batches)
    cpu, start, clips = cpu_seconds(), time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        clips += len(next(batches))
    taken = time.perf_counter() - start
    return Round(clips, taken, cpu_seconds() - cpu)


def cpu_seconds() -> float:
    """What this process and all its children have used."""
    ticks = 0
    for number in process_memory.tree(os.getpid()):
        with open(f"/proc/{number}/stat") as stream:
            fields = stream.read().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])  # user, system
    return ticks / os.sysconf("SC_CLK_TCK")


def _dtype(batch: Any) -> str:
    """`uint8`, whoever calls it so; empty for what is no array."""
    dtype = getattr(batch, "dtype", "")
    return getattr(dtype, "name", str(dtype).removeprefix("torch."))


def _mean(batch: Any) -> float | None:
    """Of all pixels: real pictures shall have come out."""
    return float(np.asarray(batch).mean()) if hasattr(batch, "shape") else None


if __name__ == "__main__":
    main()
