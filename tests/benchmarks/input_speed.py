"""Command: clips a second of our training input and of peers' own code.

Run as below with nothing else on the machine; input_peers/requirements.txt says
how the two environments of the peers are made.

    python -m tests.benchmarks.input_speed --garden=GARDEN/bin/python \
        --torch=TORCH/bin/python --json=input_speed.json

Every contender is a process that lives from beginning to end and is stopped
while it is not its turn. Rounds alternate over all of them; in each it first
uses up what it had ready, then is timed. Ratios are medians over rounds of
the ratio within a round, so what slows the machine for a while slows both.
"""

import dataclasses
import json
import os
import pathlib
import sys

from tests.benchmarks.input import (
    input_clips,
    input_contenders,
    input_processes,
    input_results,
    input_worker,
)
from tfrecords_tools.base import errors, flags, settings


@dataclasses.dataclass(frozen=True)
class Config:
    """The command's flags."""

    rounds: int = settings.setting(9, "How often each runs.", minimum=1)
    seconds: float = settings.setting(
        3.5, "Time that is measured in a round.", minimum=0.1
    )
    lead: float = settings.setting(
        0.7, "Seconds before it, to use up what was ready.", minimum=0
    )
    contenders: tuple[str, ...] = settings.setting(
        input_contenders.DEFAULT,
        "Who runs, with commas between, as name@size.",
    )
    garden: str = settings.setting(
        "", "Python that has TF Model Garden; not given: left out."
    )
    torch: str = settings.setting(
        "", "Python that has PyTorch and TorchCodec; not given: left out."
    )
    batch: int = settings.setting(8, "Clips in a batch.", minimum=1)
    work: str = settings.setting(
        "/tmp/input_speed", "Folder for videos and shards."
    )
    json: str = settings.setting(
        "", "File for every round of all; not given: none is written."
    )


def run(resolved: flags.Resolved) -> None:
    """Measures and prints a table for each size, and one of the goals."""
    own = resolved.settings
    jobs = _jobs(own)
    clip = input_worker.Job._field_defaults
    span = (clip["frames"] - 1) * clip["stride"] + 1
    input_clips.prepare(pathlib.Path(own.work), span)
    rounds: input_results.Rounds = {name: [] for name in jobs}
    with input_processes.all_of(jobs) as workers:
        about = {worker.name: worker.about for worker in workers}
        for number in range(own.rounds):
            turn = number % len(workers)
            for worker in workers[turn:] + workers[:turn]:
                made = worker.round(own.lead, own.seconds)
                rounds[worker.name].append(made)
    goals = input_results.goals(rounds)
    for text in sorted({each["versions"] for each in about.values()}):
        print(text)
    for size in dict.fromkeys(name.partition("@")[2] for name in jobs):
        print(f"\n{input_results.speed_table(rounds, about, int(size))}")
    print(f"\n{input_results.goal_table(goals)}")
    if own.json:
        _write(own, rounds, about, goals)


def _jobs(own: Config) -> dict[str, input_processes.Start]:
    """Name to Python and job of everybody who can run."""
    pythons = {
        "own": sys.executable, "garden": own.garden, "torch": own.torch
    }  # fmt: skip
    jobs = {}
    for name in own.contenders:
        short, _, size = name.partition("@")
        if short not in input_contenders.CONTENDERS or not size.isdigit():
            known = ", ".join(input_contenders.CONTENDERS)
            raise errors.UserError(
                f"--contenders={name}: wanted name@size, with a name of {known}"
            )
        chosen = input_contenders.CONTENDERS[short]
        if pythons[chosen.environment]:
            job = input_worker.Job(
                peer=chosen.peer,
                variant=chosen.variant,
                data=str(pathlib.Path(own.work, chosen.data).absolute()),
                size=int(size),
                batch=own.batch,
                workers=os.cpu_count() or 1,
            )
            python = pythons[chosen.environment]
            jobs[name] = input_processes.Start(python, job)
        else:
            print(f"left out: {name}, --{chosen.environment} is not given")
    return jobs


def _write(own: Config, rounds, about, goals) -> None:
    found = {
        name: {
            **about[name],
            **input_results.summary(rounds, name),
            "rounds": [each._asdict() for each in rounds[name]],
        }
        for name in rounds
    }
    values = {
        "settings": settings.to_dict(own),
        "contenders": found,
        "goals": goals,
    }
    pathlib.Path(own.json).write_text(json.dumps(values, indent=1) + "\n")


COMMAND = flags.Command(
    summary="Measures how fast shards become batches.", settings=Config
)

if __name__ == "__main__":
    flags.main(COMMAND, run)
