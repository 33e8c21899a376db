"""Interleaved micro-benchmarks; reports medians over rounds.

Interleaving spreads other load on the machine over all stages.
"""

import dataclasses
import statistics
import time
from collections.abc import Callable
from typing import Any

_IDLE_FRACTION = 0.1  # Of one core; below it the process counts as idle.
_MAX_WAIT_SECONDS = 1.0

Iteration = Callable[[], Any]


@dataclasses.dataclass(frozen=True)
class Stage:
    """A repeatable piece of work.

    Attributes:
        name: of the row in the table.
        prepare: sets the stage up and returns the function that runs one
            iteration; its result has `.numpy()`, which waits for the end.
        clips: that one iteration processes.
        lead: unmeasured iterations at the start of a round, which use up
            prefetched elements.
    """

    name: str
    prepare: Callable[[], Iteration]
    clips: int
    lead: int = 1


@dataclasses.dataclass(frozen=True)
class Speed:
    """The speed of a stage, as medians of its rounds.

    Attributes:
        clips_per_second: by wall time.
        cpu_ms: CPU time of this process per clip, over all threads.
        rounds: CPU milliseconds of each round, in order.
    """

    clips_per_second: float
    cpu_ms: float
    rounds: tuple[float, ...]

    def cpu_beyond(self, other: "Speed") -> float:
        """Median difference of CPU milliseconds, round by round."""
        pairs = zip(self.rounds, other.rounds, strict=True)
        return statistics.median(one - another for one, another in pairs)


def measure(
    stages: list[Stage],
    seconds: float,
    rounds: int = 3,
    on_progress: Callable[[float], None] = lambda done: None,
) -> dict[str, Speed]:
    """Warms up all stages, then measures them round by round.

    Args:
        stages: to measure.
        seconds: per stage, over all rounds, without warming up.
        rounds: per stage.
        on_progress: called with the number of finished rounds over all
            stages; warming up counts as one round.

    Returns:
        Stage name to its speed.
    """
    measured: dict[str, list[tuple[float, float]]] = {
        s.name: [] for s in stages
    }
    done = 0
    for number in range(rounds + 1):
        for stage in stages:
            row = _round(stage, seconds / rounds if number else 0.0)
            measured[stage.name] += [row] * bool(number)
            done += 1
            on_progress(done)
    return {name: _speed(rows) for name, rows in measured.items()}


def _round(stage: Stage, seconds: float) -> tuple[float, float]:
    """Wall and CPU seconds per clip."""
    iterate = stage.prepare()
    _wait_until_idle()
    for _ in range(stage.lead):
        iterate().numpy()
    began, cpu_began = time.perf_counter(), time.process_time()
    iterations, running = 1, iterate()
    while iterations < 2 or time.perf_counter() - began < seconds:
        last, running = running, iterate()
        iterations += 1
        last.numpy()  # Only now: the device computes meanwhile.
    running.numpy()
    clips = iterations * stage.clips
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu_began
    return wall / clips, cpu / clips


def _wait_until_idle() -> None:
    """Waits until prefetching of the previous stage has finished."""
    end = time.perf_counter() + _MAX_WAIT_SECONDS
    while time.perf_counter() < end:
        began = time.process_time()
        time.sleep(0.03)
        if time.process_time() - began < _IDLE_FRACTION * 0.03:
            return


def _speed(rows: list[tuple[float, float]]) -> Speed:
    wall = statistics.median(row[0] for row in rows)
    cpu = tuple(1000 * row[1] for row in rows)
    return Speed(1 / wall, statistics.median(cpu), cpu)
