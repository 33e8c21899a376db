"""Trains and evaluates the folds of a cross-validation, one after another.

`RUN/fold_1`, `RUN/fold_2`, ... are runs of their own. A finished fold is not
opened again; a stopped one resumes.
"""

import contextlib
import gc
import logging
import pathlib
import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import keras
import tensorflow as tf

from launch.cross_validation import finished_fold, fold_report, fold_table
from launch.evaluation import (
    confusion,
    evaluated_run,
    evaluation_files,
    metrics_file,
    mistakes,
    prediction_table,
    view_settings,
)
from launch.reporting import drawing, reports
from launch.runs import devices
from launch.runs import experiment as experiments
from pipelines import clip_dataset, split_readers
from pipelines.reading import fold_reader
from tfrecords_tools.base import errors

_REPORT = "cross_validation"  # In metrics.json.


class FoldRun(NamedTuple):
    """The run of one fold.

    Attributes:
        workdir: its folder.
        lines: its flags.
        train: trains it, or resumes it.
    """

    workdir: pathlib.Path
    lines: list[str]
    train: Callable[[], None]


def run(
    workdir: pathlib.Path,
    experiment: experiments.Experiment,
    runs: Sequence[FoldRun],
    views: view_settings.Config,
) -> None:
    """Trains every fold that is not finished, then reports on all clips.

    Args:
        workdir: folder for the report.
        experiment: of a fold; its reader has `folds` and no `fold`.
        runs: of fold 1, 2, ...
        views: of the evaluation of each fold.

    Raises:
        UserError: the clips cannot be dealt, or a fold cannot be trained.
        SystemExit: SIGTERM or Ctrl-C, see `training_run.run`.
    """
    _check(experiment)
    devices.start(experiment.devices)  # Before any tensor.
    data = experiment.input.without_cache
    reader = split_readers.open_pool(experiment.shards, data)
    print(_plan(reader, len(runs)), flush=True)
    if experiment.train.patience is not None:
        print(
            "note: --train.patience stops each fold by the clips that are held "
            "out, which makes the result optimistic",
            flush=True,
        )
    with _without_hints():
        every = _train_all(runs, views, reader)
    _write(workdir, every, reader, data)


def _check(experiment: experiments.Experiment) -> None:
    goal = experiment.objective
    if "generator" in goal.module.COMPONENTS:
        raise errors.UserError(
            f"--cross_validate with --objective={goal.name}, which answers no "
            "labels: wanted --objective=classification or the like"
        )
    if experiment.devices.strategy == "multi_worker":
        raise errors.UserError(
            "--cross_validate with --devices.strategy=multi_worker: train each "
            "fold by itself, with --reader.folds=N --reader.fold=K"
        )


def _plan(reader: fold_reader.FoldReader, count: int) -> str:
    pool = reader.pool
    sizes = [pool.folds.count(number) for number in range(1, count + 1)]
    splits = fold_reader.pooled_splits(pool.folder)
    text = (
        f"cross-validation: {reader.clips} clips of {' and '.join(splits)}, "
        f"{len(set(pool.groups))} groups, in {count} folds of {min(sizes)} to "
        f"{max(sizes)} clips"
    )
    tests = reader.manifest.splits.get("test", ())
    clips = sum(shard.clips for shard in tests)
    unused = f"; the test split ({clips} clips) is not used" if clips else ""
    return text + unused


def _train_all(
    runs: Sequence[FoldRun],
    views: view_settings.Config,
    reader: fold_reader.FoldReader,
) -> list[fold_report.Fold]:
    begun, trained = time.monotonic(), 0
    every = []
    for number, each in enumerate(runs, start=1):
        mark = finished_fold.mark(each.lines, views, reader)
        name = finished_fold.find(each.workdir, mark)
        if name is None:
            print(f"fold {number} of {len(runs)}", flush=True)
            name = _train_and_evaluate(each, views)
            finished_fold.record(each.workdir, mark, name)
            trained += 1
            left = (time.monotonic() - begun) / trained * (len(runs) - number)
            print(f"folds: about {reports.clock(left)} left", flush=True)
        fold = finished_fold.read(each.workdir, name, number, reader.pool)
        every.append(fold)
    return every


def _train_and_evaluate(each: FoldRun, views: view_settings.Config) -> str:
    """Returns the name of the evaluation."""
    # Names and seeds of layers are those of a process of its own.
    keras.backend.clear_session()
    each.train()
    keras.backend.clear_session()
    gc.collect()
    request = evaluated_run.Request(str(each.workdir))
    result = evaluated_run.evaluate(request, views)
    if "floors" not in result.report:
        raise errors.UserError(
            f"the evaluation of {each.workdir} has no floors, which a "
            "cross-validation reports: its objective answers no labels, or the "
            "note above says why"
        )
    return result.name


@contextlib.contextmanager
def _without_hints() -> Iterator[None]:
    """Hides TensorFlow's hint to trace less: each fold has its functions."""

    def is_shown(record: logging.LogRecord) -> bool:
        return "triggered tf.function retracing" not in record.getMessage()

    logger = tf.get_logger()
    logger.addFilter(is_shown)
    try:
        yield
    finally:
        logger.removeFilter(is_shown)


def _write(
    workdir: pathlib.Path,
    every: list[fold_report.Fold],
    reader: fold_reader.FoldReader,
    input_config: clip_dataset.Input,
) -> None:
    """Writes and prints the result over all clips."""
    report = fold_report.build(every)
    names = {"": reader.manifest.labels, **reader.manifest.tasks}
    answers = [
        fold_report.answers(every, task, names[task])
        for task in fold_report.label_sets(every[0].report)
    ]
    rows = [row for fold in every for row in fold.rows]
    rows.sort(key=lambda row: int(row["clip"]))
    prediction_table.write(workdir / evaluation_files.PREDICTIONS, rows)
    image = confusion.image(answers)
    drawing.save_png(workdir / evaluation_files.CONFUSION, image)
    clips = {clip.number: clip for clip in reader.pool.clips}
    sheet = mistakes.sheet(answers, clips, reader, input_config)
    drawing.save_png(workdir / evaluation_files.MISTAKES, sheet)
    metrics_file.add(workdir / metrics_file.NAME, _REPORT, report)
    print(fold_table.format_report(report))
    written = ", ".join((metrics_file.NAME, *evaluation_files.ALL))
    print(f"written into {workdir}: {written}", flush=True)
