"""Runs the contenders of each network in turn, and tells their speeds."""

import dataclasses
import json
import pathlib
import statistics
import sys
from collections.abc import Iterable

from tests.benchmarks.input import input_processes
from tests.benchmarks.measuring import tables
from tests.benchmarks.networks import network_contenders, network_worker
from tfrecords_tools.base import errors, settings

Rounds = dict[str, list[network_worker.Round]]
_MODULE = "tests.benchmarks.networks.network_worker"


@dataclasses.dataclass(frozen=True)
class Config:
    """How to measure, and with which Pythons."""

    networks: tuple[str, ...] = settings.setting(
        tuple(network_contenders.NETWORKS), "Networks, with commas between."
    )
    contenders: tuple[str, ...] = settings.setting(
        (), "Who runs, with commas between; empty: all that need no switch."
    )
    rounds: int = settings.setting(5, "How often each runs.", minimum=1)
    seconds: float = settings.setting(
        8.0, "Time that is measured in a round; two steps at least.",
        minimum=0.0,
    )  # fmt: skip
    lead: float = settings.setting(
        0.5, "Seconds before it that do not count.", minimum=0.0
    )
    threads: int = settings.setting(2, "For each operation.", minimum=1)
    garden: str = settings.setting(
        "", "Python that has TF Model Garden; not given: left out."
    )
    torch: str = settings.setting(
        "", "Python that has PyTorch and torchvision; not given: left out."
    )
    tcmalloc: str = settings.setting(
        "", "libtcmalloc_minimal.so.4; not given: who wants it is left out."
    )
    json: str = settings.setting(
        "", "File for every round of all; not given: none is written."
    )


class Measured:
    """All rounds of one network.

    Attributes:
        rounds: contender to its rounds.
        about: contender to what it told of itself.
    """

    def __init__(self, rounds: Rounds, about: dict[str, dict]):
        self.rounds, self.about = rounds, about

    def middle(self, name: str) -> float:
        """Seconds of a step: the median of all steps of all rounds."""
        return statistics.median(
            each for one in self.rounds[name] for each in one.seconds
        )

    def ratio(self, name: str, other: str) -> float:
        """How many times faster `name` is: the median over rounds."""
        return statistics.median(
            statistics.median(two.seconds) / statistics.median(one.seconds)
            for one, two in zip(
                self.rounds[name], self.rounds[other], strict=True
            )
        )

    def cores(self, name: str) -> float:
        """Processor time a second."""
        rounds = self.rounds[name]
        total = sum(sum(one.seconds) for one in rounds)
        return sum(one.cpu_seconds for one in rounds) / total

    def memory_mb(self, name: str) -> float:
        """The most that its process held."""
        return max(each.memory_mb for each in self.rounds[name])

    def values(self) -> dict:
        """For JSON."""
        return {
            name: {
                **self.about[name],
                "milliseconds": 1000 * self.middle(name),
                "cores": self.cores(name),
                "rounds": [each._asdict() for each in rounds],
            }
            for name, rounds in self.rounds.items()
        }


def measure(
    own: Config,
    known: dict[str, network_contenders.Contender],
    network: str,
    task: str,
    batch: int,
) -> Measured:
    """Runs everybody who has the network and an environment.

    Args:
        own: how.
        known: all contenders by name.
        network: of `network_contenders.NETWORKS`.
        task: train or predict.
        batch: clips at a time.

    Raises:
        UserError: an unknown name, or a contender that ended.
    """
    starts = _starts(own, known, network, task, batch)
    rounds: Rounds = {name: [] for name in starts}
    with input_processes.all_of(starts) as workers:
        about = {worker.name: worker.about for worker in workers}
        for number in range(own.rounds):
            turn = number % len(workers)
            for worker in workers[turn:] + workers[:turn]:
                made = worker.round(own.lead, own.seconds)
                rounds[worker.name].append(made)
    counts = {each["parameters"] for each in about.values()}
    if len(counts) > 1:
        raise errors.UserError(f"{network} is not one network: {counts}")
    return Measured(rounds, about)


def goal_table(
    measured: dict[str, Measured],
    goals: Iterable[network_contenders.Goal],
    known: dict[str, network_contenders.Contender],
) -> str:
    """Markdown of every goal whose two contenders have run."""
    rows = []
    for goal in goals:
        found = measured.get(goal.network)
        if not found or not {goal.ours, goal.peer} <= found.rounds.keys():
            continue
        times = found.ratio(goal.ours, goal.peer)
        rows.append(
            [
                network_contenders.NETWORKS[goal.network].label,
                f"{known[goal.ours].label} / {known[goal.peer].label}",
                f"{goal.times:g}",
                f"{times:.2f}",
                "yes" if times >= goal.times else "no",
            ]
        )
    head = ["network", "speed of one over the other", "goal", "measured"]
    return tables.markdown([*head, "reached"], rows) if rows else ""


def write(own: Config, values: dict) -> None:
    """All that was measured, where a file is asked for."""
    if own.json:
        whole = {"settings": settings.to_dict(own), **values}
        text = json.dumps(whole, indent=1)
        pathlib.Path(own.json).write_text(text + "\n")


def _starts(
    own: Config,
    known: dict[str, network_contenders.Contender],
    network: str,
    task: str,
    batch: int,
) -> dict[str, input_processes.Start]:
    pythons = {
        "own": sys.executable, "garden": own.garden, "torch": own.torch
    }  # fmt: skip
    starts = {}
    for name in own.contenders or network_contenders.usual(known):
        chosen = _known(name, known, "contenders")
        only = network_contenders.ONLY.get(name, (network,))
        python = pythons[chosen.environment]
        if network not in only or not python:
            continue
        variables = dict(chosen.variables)
        if chosen.has_tcmalloc and not own.tcmalloc:
            continue
        if chosen.has_tcmalloc:
            variables["LD_PRELOAD"] = own.tcmalloc
        starts[name] = input_processes.Start(
            python,
            network_contenders.job(chosen, network, task, batch, own.threads),
            variables,
            _MODULE,
            network_worker.Round,
        )
    return starts


def network_of(name: str) -> network_contenders.Network:
    """Raises UserError for a name that there is not."""
    return _known(name, network_contenders.NETWORKS, "networks")


def _known(name: str, known: dict, flag: str):
    if name not in known:
        raise errors.UserError(
            f"--{flag}={name}: wanted one of {', '.join(known)}"
        )
    return known[name]
