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
from launch.runs import devices, run_flags
from launch.runs import experiment as experiments
from pipelines.reading import damaged_records
from tfrecords_tools.base import errors, flags, progress, settings

_ROUNDS = 3


@dataclasses.dataclass(frozen=True)
class Config(run_flags.Config):
    """Data, network and measuring time."""

    seconds: float = settings.setting(
        10.0, "Seconds to measure each row of the table.", minimum=0.01
    )
    json: bool = settings.setting(
        False, "Print one line of JSON instead of a table."
    )


COMMAND = dataclasses.replace(
    run_flags.COMMAND,
    summary="Measures the speed of a run; takes all flags of launch.train.",
    settings=Config,
    required=("shards",),
)


def main(resolved: flags.Resolved) -> None:
    """Prints a table, the bottleneck and flags to change."""
    config = resolved.settings
    experiment = run_flags.to_experiment(resolved)
    if experiment.devices.strategy == "multi_worker":
        raise errors.UserError(
            "--devices.strategy=multi_worker: the benchmark measures one "
            "machine; choose another strategy, with the batch of one worker"
        )
    report = _measure(experiment, config)
    print(json.dumps(report.values()) if config.json else report.table())


def _measure(
    experiment: experiments.Experiment, config: Config
) -> benchmark_table.Report:
    strategy = devices.start(experiment.devices)
    stages = benchmark_stages.Stages(experiment, strategy)
    both = stages.together()
    # First and alone, so that peak memory is that of a training run.
    with damaged_records.explained(stages.data):
        stage_timing.measure([both], 0.0, 1)
    memory = benchmark_table.peak_memory_mb()
    every = [both, *stages.apart()]
    print(
        f"{len(every)} stages of {experiment.train.batch_size} clips, "
        f"{config.seconds:g} s each",
        file=sys.stderr,
    )
    if experiment.input.reader.service:
        print("CPU time excludes --reader.service", file=sys.stderr)
    with (
        damaged_records.explained(stages.data),
        progress.bar("measuring", len(every) * (_ROUNDS + 1)) as advance,
    ):
        speeds = stage_timing.measure(every, config.seconds, _ROUNDS, advance)
    machine = benchmark_bound.Machine.detect()
    shared = not machine.gpus and not experiment.input.reader.service
    bound = benchmark_bound.find_bound(speeds, shared)
    *shape, size = stages.stored()
    advice = benchmark_advice.suggest(bound, speeds, experiment, shape, machine)
    return benchmark_table.Report(machine, speeds, bound, advice, memory, size)
