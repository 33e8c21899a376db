"""Trains a model; run again with the same flags, it goes on.

    python -m launch.train --flagfile=launch/recipes/demo.flagfile \
        --shards=DIR --workdir=RUN
"""

from launch import run_flags, training_run
from tfrecords_tools.base import flags


def main(resolved: flags.Resolved) -> None:
    """Runs the experiment that the flags describe."""
    flags.require(resolved.settings, "shards", "workdir")
    resolved = run_flags.with_whole_paths(resolved)
    workdir = resolved.settings.workdir
    run_flags.check(resolved)
    run = training_run.Run(run_flags.to_experiment(resolved), workdir)
    if run.is_chief:
        run_flags.record(resolved)
    run.to_the_end()
    print(
        f"trained: {workdir}. Next: python -m launch.evaluate "
        f"--workdir={workdir}"
    )


if __name__ == "__main__":
    flags.main(run_flags.COMMAND, main)
