"""What came out of input_speed: rows of its tables."""

import statistics
from collections.abc import Iterable

from tests.benchmarks.input import input_contenders, input_worker
from tests.benchmarks.measuring import tables

Rounds = dict[str, list[input_worker.Round]]


def speed(one: input_worker.Round) -> float:
    """Clips a second."""
    return one.clips / one.seconds


def ratio(rounds: Rounds, name: str, other: str) -> float:
    """How many times faster `name` is: the median over rounds."""
    pairs = zip(rounds[name], rounds[other], strict=True)
    return statistics.median(speed(one) / speed(two) for one, two in pairs)


def summary(rounds: Rounds, name: str) -> dict[str, float]:
    """Clips a second, milliseconds of processor time a clip, cores used."""
    speeds = [speed(one) for one in rounds[name]]
    return {
        "clips_a_second": statistics.median(speeds),
        "lowest": min(speeds),
        "highest": max(speeds),
        "cpu_milliseconds": statistics.median(
            1000 * one.cpu_seconds / one.clips for one in rounds[name]
        ),
        "cores": statistics.median(
            one.cpu_seconds / one.seconds for one in rounds[name]
        ),
    }


def goals(rounds: Rounds) -> list[dict]:
    """Every goal whose two contenders have run."""
    return [
        goal._asdict() | {"measured": ratio(rounds, goal.ours, goal.peer)}
        for goal in input_contenders.GOALS
        if {goal.ours, goal.peer} <= rounds.keys()
    ]


def speed_table(rounds: Rounds, about: dict[str, dict], size: int) -> str:
    """Markdown of all contenders of one size."""
    names = [name for name in rounds if name.endswith(f"@{size}")]
    reference = f"ours@{size}"
    rows = []
    for name in names:
        made = summary(rounds, name)
        rows.append(
            [
                label(name),
                about[name]["dtype"],
                f"{made['clips_a_second']:.0f}",
                f"{made['lowest']:.0f}",
                f"{made['highest']:.0f}",
                f"{made['cpu_milliseconds']:.2f}",
                f"{made['cores']:.1f}",
                f"{ratio(rounds, reference, name):.2f}"
                if reference in rounds
                else "",
            ]
        )
    head = f"{size}x{size}|out|clips/s|lowest|highest|CPU ms a clip|cores"
    return tables.markdown([*head.split("|"), "ours is times"], rows)


def goal_table(measured: Iterable[dict]) -> str:
    """Markdown of goals beside what was measured."""
    rows = [
        [
            f"{label(goal['ours'])} / {label(goal['peer'])}",
            goal["ours"].partition("@")[2],
            f"{goal['times']:g}",
            f"{goal['measured']:.2f}",
            "yes" if goal["measured"] >= goal["times"] else "no",
        ]
        for goal in measured
    ]
    head = "speed of one over the other|size|goal|measured|reached"
    return tables.markdown(head.split("|"), rows)


def label(name: str) -> str:
    """What a table calls `ours@112`."""
    return input_contenders.CONTENDERS[name.partition("@")[0]].label
