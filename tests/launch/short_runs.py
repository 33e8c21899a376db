"""Runs of a small classifier, evaluated every second step."""

from launch.runs import run_flags
from launch.training import training_run
from tfrecords_tools.base import flags


def run(shards, workdir, *more):
    """The last report; `more` are further flags, which win over these."""
    arguments = [
        f"--shards={shards}",
        "--train.batch_size=4",
        "--train.evaluate_every=2",
        "--clip.frames=2",
        "--clip.size=16",
        "--backbone.widths=8",
        "--temporal=none",
        *more,
    ]
    resolved = flags.parse(run_flags.COMMAND, arguments)
    return training_run.run(run_flags.to_experiment(resolved), workdir)


def steps_logged(workdir):
    """Those with a row in `losses.csv`, in its order."""
    rows = (workdir / "losses.csv").read_text().splitlines()
    return [int(row.split(",")[0]) for row in rows[1:]]
