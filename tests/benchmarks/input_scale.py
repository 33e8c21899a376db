"""Command: what finding a clip costs, in small splits and in huge ones.

Run as `python -m tests.benchmarks.input_scale`. Nothing is decoded: indexes
are real, records simulated, see simulated_split. Each line is a process of
its own. Flat processor time a clip is the goal, whatever the number of clips
and their length.
"""

import dataclasses
import json
import pathlib
import statistics
import subprocess
import sys

from tests.benchmarks.input import input_scale_worker, simulated_split
from tests.benchmarks.measuring import tables
from tfrecords_tools.base import errors, flags, settings

ROOT = pathlib.Path(__file__).parents[2]
_NAMES = {10: "10 s", 600: "10 min", 36000: "10 h"}


@dataclasses.dataclass(frozen=True)
class Config:
    """The command's flags."""

    clips: tuple[int, ...] = settings.setting(
        (100, 1000, 10_000, 100_000),
        "Numbers of clips of 10 seconds, with commas between.",
        minimum=1,
    )
    lengths: tuple[int, ...] = settings.setting(
        (10, 600, 36_000), "Seconds of 100 long videos.", minimum=1
    )
    blocks: int = settings.setting(
        10_000_000,
        "Clips of 2 seconds, read in blocks of shards; 0: none.",
        minimum=0,
    )
    shard_clips: int = settings.setting(
        1000, "Clips of a shard at most.", minimum=1
    )
    rounds: int = settings.setting(3, "How often each runs.", minimum=1)
    seconds: float = settings.setting(3, "Time that is measured.", minimum=0.1)
    work: str = settings.setting(
        "/tmp/input_scale", "Folder for indexes, up to 1 GB."
    )


def run(resolved: flags.Resolved) -> None:
    """Measures and prints a table."""
    own = resolved.settings
    cases = [(clips, 10, "global") for clips in own.clips]
    cases += [(100, length, "global") for length in own.lengths]
    cases += [(own.blocks, 2, "blocks")] if own.blocks else []
    found: dict[tuple, list[dict]] = {case: [] for case in cases}
    for _ in range(own.rounds):
        for case in found:
            found[case].append(_measured(own, *case))
    print(tables.versions("tensorflow"))
    head = "clips|of|shuffle|start-up s|CPU ms a clip|times the first"
    head += "|lowest|highest|clips/s|MiB for it|MiB in all"
    first = _cost(found[cases[0]])
    rows = [_row(case, taken, first) for case, taken in found.items()]
    print(tables.markdown(head.split("|"), rows))


def _measured(own: Config, clips: int, length: int, shuffle: str) -> dict:
    folder = pathlib.Path(own.work, f"{clips}x{length}s_{own.shard_clips}")
    frames = length * simulated_split.FRAME_RATE
    simulated_split.write(folder, clips, frames, own.shard_clips)
    job = input_scale_worker.Job(str(folder), shuffle, own.seconds)
    module = input_scale_worker.__name__
    done = subprocess.run(
        [sys.executable, "-m", module, json.dumps(job._asdict())],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise errors.UserError(f"{folder}: {done.stderr[-3000:]}")
    return json.loads(done.stdout)


def _cost(taken: list[dict]) -> float:
    return statistics.median(one["cpu_milliseconds"] for one in taken)


def _row(
    case: tuple[int, int, str], taken: list[dict], first: float
) -> list[str]:
    clips, length, shuffle = case
    costs = [one["cpu_milliseconds"] for one in taken]

    def middle(name: str) -> float:
        return statistics.median(one[name] for one in taken)

    return [
        f"{clips:,}",
        _NAMES.get(length, f"{length} s"),
        shuffle,
        f"{middle('start_seconds'):.1f}",
        f"{_cost(taken):.3f}",
        f"{_cost(taken) / first:.2f}",
        f"{min(costs):.3f}",
        f"{max(costs):.3f}",
        f"{middle('clips_a_second'):,.0f}",
        f"{middle('own_mebibytes'):,.0f}",
        f"{middle('mebibytes'):,.0f}",
    ]


COMMAND = flags.Command(
    summary="Measures what finding a clip costs.", settings=Config
)

if __name__ == "__main__":
    flags.main(COMMAND, run)
