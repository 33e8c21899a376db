"""Measures how fast a recipe trains on this machine, and what bounds it.

Takes all flags of launch.train and writes nothing.
"""

import dataclasses
import json
import sys

from launch.benchmarking import (
    benchmark_advice,
    benchmark_bound,
    benchmark_stages,
    benchmark_table,
    stage_timing,
)
from launch.runs import devices, experiment, run_flags
from pipelines.reading import damaged_records
from tfrecords_tools.base import errors, flags, progress, settings

_ROUNDS = 3


@dataclasses.dataclass(frozen=True)
class Config(run_flags.Config):
    """Data, network, and how long to measure."""

    seconds: float = settings.setting(
        10.0, "To measure each row of the table.", minimum=0.01
    )
    json: bool = settings.setting(
        False, "One line of JSON for programs instead of a table."
    )


COMMAND = dataclasses.replace(
    run_flags.COMMAND,
    summary="Measures the speed of a run; takes all flags of launch.train.",
    settings=Config,
    required=("shards",),
)


def main(resolved: flags.Resolved) -> None:
    """Prints a table, what bounds the run, and what to change."""
    asked = resolved.settings
    described = run_flags.to_experiment(resolved)
    if described.devices.strategy == "multi_worker":
        raise errors.UserError(
            "--devices.strategy=multi_worker: this measures one machine; "
            "wanted another strategy, with the batch of one worker"
        )
    found = _measure(described, asked)
    print(json.dumps(found.values()) if asked.json else found.table())


def _measure(
    described: experiment.Experiment, asked: Config
) -> benchmark_table.Report:
    strategy = devices.start(described.devices)
    stages = benchmark_stages.Stages(described, strategy)
    both = stages.together()
    # Alone and first, so that the memory is that of a run.
    with damaged_records.explained(stages.data):
        stage_timing.measure([both], 0.0, 1)
    memory = benchmark_table.peak_memory_mb()
    every = [both, *stages.apart()]
    print(
        f"{len(every)} stages of {described.train.batch_size} clips, "
        f"{asked.seconds:g} s each",
        file=sys.stderr,
    )
    if described.input.reader.service:
        print("CPU time is without that of --reader.service", file=sys.stderr)
    with (
        damaged_records.explained(stages.data),
        progress.bar("measuring", len(every) * (_ROUNDS + 1)) as tell,
    ):
        speeds = stage_timing.measure(every, asked.seconds, _ROUNDS, tell)
    machine = benchmark_bound.Machine.detect()
    shared = not machine.gpus and not described.input.reader.service
    bound = benchmark_bound.find_bound(speeds, shared)
    *shape, size = stages.stored()
    advice = benchmark_advice.suggest(bound, speeds, described, shape, machine)
    return benchmark_table.Report(machine, speeds, bound, advice, memory, size)
