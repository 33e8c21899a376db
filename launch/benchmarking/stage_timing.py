"""Measures how fast things are that are done again and again.

Stages take turns, so that whatever else the machine does meets all of them;
each number is a median over the rounds.
"""

import dataclasses
import statistics
import time
from collections.abc import Callable
from typing import Any

_QUIET_SHARE = 0.1  # Of one core, below which the process counts as idle.
_LONGEST_WAIT_SECONDS = 1.0

Iteration = Callable[[], Any]


@dataclasses.dataclass(frozen=True)
class Stage:
    """Something to do again and again.

    Attributes:
        name: of the row in the table.
        prepare: sets the stage up and returns the function that runs one
            iteration; its result has `.numpy()`, which waits for the end.
        clips: that one iteration processes.
        lead: turns at the beginning of a round that are not measured, since
            they use up what was made ready before.
    """

    name: str
    prepare: Callable[[], Iteration]
    clips: int
    lead: int = 1


@dataclasses.dataclass(frozen=True)
class Speed:
    """What a stage takes, the median of its rounds.

    Attributes:
        clips_per_second: by the clock.
        cpu_ms: CPU time of this process for each clip, all threads together.
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
    """Warms all stages up, then measures them in turns.

    Args:
        stages: what to measure.
        seconds: of each stage, all rounds together, without warming up.
        rounds: of each stage.
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
    """Wall and CPU seconds of a clip."""
    iterate = stage.prepare()
    _wait_till_quiet()
    for _ in range(stage.lead):
        iterate().numpy()
    began, cpu_began = time.perf_counter(), time.process_time()
    iterations, running = 1, iterate()
    while iterations < 2 or time.perf_counter() - began < seconds:
        last, running = running, iterate()
        iterations += 1
        last.numpy()  # No sooner: a device may work while a turn begins.
    running.numpy()
    clips = iterations * stage.clips
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu_began
    return wall / clips, cpu / clips


def _wait_till_quiet() -> None:
    """What the stage before made ahead must not be counted for the next."""
    end = time.perf_counter() + _LONGEST_WAIT_SECONDS
    while time.perf_counter() < end:
        began = time.process_time()
        time.sleep(0.03)
        if time.process_time() - began < _QUIET_SHARE * 0.03:
            return


def _speed(rows: list[tuple[float, float]]) -> Speed:
    wall = statistics.median(row[0] for row in rows)
    cpu = tuple(1000 * row[1] for row in rows)
    return Speed(1 / wall, statistics.median(cpu), cpu)
