"""Trains a model, or resumes a run with the same flags."""

import dataclasses
import os
import pathlib

from launch.cross_validation import fold_runs, fold_weights
from launch.evaluation import view_settings
from launch.runs import (
    checkpoints,
    devices,
    flag_paths,
    run_flags,
    run_folder,
)
from launch.training import opened_run, training_run
from tfrecords_tools.base import errors, flags, settings
from tfrecords_tools.base.files import folder_lock


@dataclasses.dataclass(frozen=True)
class Config(run_flags.Config):
    """Data, folder, components of the network, and cross-validation."""

    cross_validate: int | None = settings.setting(
        None,
        "Number of folds of a cross-validation: trains each in "
        "--workdir/fold_K and reports on every clip of the training and "
        "validation splits, by the network that saw none of its group. "
        "--evaluate.* applies to these reports.",
        minimum=2,
    )


COMMAND = dataclasses.replace(
    run_flags.COMMAND,
    settings=Config,
    sections={**run_flags.COMMAND.sections, "evaluate": view_settings.Config},
    required=("shards", "workdir"),
)


def main(resolved: flags.Resolved) -> None:
    """Runs the experiment that the flags describe."""
    resolved = flag_paths.with_absolute_paths(resolved)
    count = getattr(resolved.settings, "cross_validate", None)
    views = resolved.sections.get("evaluate", view_settings.Config())
    if count is not None:
        _cross_validate(resolved, count, views)
        return
    if views != view_settings.Config():
        raise errors.UserError(
            "--evaluate.* without --cross_validate: wanted no such flag; "
            "launch.evaluate takes it, for a trained run"
        )
    workdir = resolved.settings.workdir
    run_folder.refuse_folds(workdir)
    _train(run_flags.of_run(resolved))
    print(
        f"trained: {workdir}. Next: python -m launch.evaluate "
        f"--workdir={workdir}"
    )


def _train(resolved: flags.Resolved) -> None:
    """Trains one run, or resumes it."""
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


def _cross_validate(
    resolved: flags.Resolved, count: int, views: view_settings.Config
) -> None:
    run_flags.check_paths(resolved)
    workdir = pathlib.Path(resolved.settings.workdir)
    if checkpoints.Checkpoints(workdir / "checkpoints").steps():
        raise errors.UserError(
            f"--cross_validate into {workdir}, which holds a run of its own: "
            "choose another --workdir"
        )
    start = resolved.sections["init"].weights
    if said := fold_weights.warning(start, resolved.settings.shards):
        print(said, flush=True)
    experiment = run_flags.to_experiment(_of_fold(resolved, count, None))
    runs = [_fold_run(resolved, count, n) for n in range(1, count + 1)]
    with folder_lock.held(workdir, "run", "another --workdir"):
        flags.write(resolved, COMMAND, workdir / run_flags.FILE_NAME)
        fold_runs.run(workdir, experiment, runs, views)


def _fold_run(
    resolved: flags.Resolved, count: int, number: int
) -> fold_runs.FoldRun:
    fold = _of_fold(resolved, count, number)
    return fold_runs.FoldRun(
        pathlib.Path(fold.settings.workdir),
        flags.lines(fold, run_flags.COMMAND),
        lambda: _train(fold),
    )


def _of_fold(
    resolved: flags.Resolved, count: int, number: int | None
) -> flags.Resolved:
    """The flags of the run of one fold."""
    workdir = resolved.settings.workdir
    if number is not None:
        workdir = str(run_folder.fold_folder(workdir, number))
    run = run_flags.of_run(resolved, workdir=workdir)
    reader = run.sections["reader"]
    reader = dataclasses.replace(reader, folds=count, fold=number)
    features = run.sections["feature_cache"]
    if not features.folder:  # All folds share one.
        folder = os.path.join(resolved.settings.workdir, "features")
        features = dataclasses.replace(features, folder=folder)
    start = run.sections["init"]
    if start.weights and number is not None:
        own = fold_weights.of_fold(start.weights, run.settings.shards, reader)
        start = dataclasses.replace(start, weights=own)
    changed = {"reader": reader, "feature_cache": features, "init": start}
    return dataclasses.replace(run, sections={**run.sections, **changed})
