"""Trains a model, or resumes a run with the same flags."""

import dataclasses

from launch.runs import devices, run_flags, run_folder
from launch.training import opened_run, training_run
from tfrecords_tools.base import flags

COMMAND = dataclasses.replace(run_flags.COMMAND, required=("shards", "workdir"))


def main(resolved: flags.Resolved) -> None:
    """Runs the experiment that the flags describe."""
    resolved = run_flags.with_absolute_paths(resolved)
    workdir = resolved.settings.workdir
    run_flags.check_paths(resolved)
    with run_folder.claimed(workdir, resolved.sections["devices"]):
        run_flags.check(resolved)
        experiment = run_flags.to_experiment(resolved)
        opened = opened_run.open_run(experiment, workdir)
        if opened.is_chief:
            run_flags.record(resolved)
            used = devices.describe(experiment.devices, opened.strategy)
            print(f"trains on {used}")
        training_run.train(opened)
    print(
        f"trained: {workdir}. Next: python -m launch.evaluate "
        f"--workdir={workdir}"
    )
