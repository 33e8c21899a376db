"""Evaluates a trained run on a split, and writes the files of that."""

import pathlib
from typing import Any, NamedTuple

from launch.evaluation import (
    clip_answers,
    evaluation,
    evaluation_batch,
    evaluation_files,
    floors,
    metrics_file,
    readout_floor,
    split_floors,
    view_settings,
)
from launch.runs import label_checks, restored_run, run_flags, run_metadata
from pipelines import clip_dataset
from pipelines.reading import shard_reader
from pipelines.text import text_lengths
from tfrecords_tools import annotations
from tfrecords_tools.base import errors


class Request(NamedTuple):
    """What to evaluate.

    Attributes:
        workdir: folder of the run.
        split: by any of its names.
        checkpoint: newest, best or a step.
        shards: folder of the shards; None: those of the run.
    """

    workdir: str
    split: str = "validation"
    checkpoint: str = "newest"
    shards: str | None = None


class Result(NamedTuple):
    """An evaluation.

    Attributes:
        name: see `evaluation_files.name`.
        report: with floors and the step.
        files: that were written, metrics.json first.
    """

    name: str
    report: dict[str, Any]
    files: list[pathlib.Path]


def evaluate(request: Request, views: view_settings.Config) -> Result:
    """Evaluates a run; see `launch.evaluate`.

    Raises:
        UserError: the run or the shards cannot be read, or do not fit.
    """
    trained = restored_run.load_run(
        request.workdir, request.shards, request.checkpoint
    )
    shards = trained.experiment.shards
    split = annotations.canonical_split(request.split) or request.split
    input_config = trained.experiment.input.without_cache
    reader = clip_dataset.open_split(shards, split, input_config)
    label_checks.check_labels(trained.labels, reader.manifest.labels, shards)
    label_checks.check_tasks(trained.objective, reader.manifest.tasks, shards)
    label_checks.check_several(trained.objective, reader.manifest, shards)
    run_metadata.check_entries(
        trained.task, trained.experiment.task(reader.manifest), shards
    )
    print(
        f"{split} of {shards}: {reader.clips} clips, {views.views} view(s), "
        f"{views.crops} crop(s), step {trained.step}"
    )
    text_lengths.check(input_config, shards, is_new=False, splits=(split,))
    batch_size = views.batch_size or evaluation_batch.choose_batch_size(
        trained.networks,
        trained.strategy,
        trained.experiment.train.batch_size,
        views.views * views.crops,
    )
    evaluated = evaluation.evaluate(
        trained.objective,
        trained.networks,
        trained.strategy,
        reader,
        input_config,
        batch_size,
        views.views,
        views.crops,
    )
    beside = _floors(request, split, reader, trained)
    report = beside.report(trained.objective, evaluated)
    workdir = pathlib.Path(request.workdir)
    name = evaluation_files.name(
        split, views.views, views.crops, trained.step, request.shards
    )
    written = evaluation_files.write(
        workdir,
        name,
        clip_answers.collect(trained.objective, evaluated.rows),
        beside,
        reader,
        input_config,
        (views.views, views.crops),
    )
    report = {"step": trained.step, **report}
    path = workdir / metrics_file.NAME
    metrics_file.add(path, split, report, name)
    return Result(name, report, [path, *written])


def _floors(
    request: Request,
    split: str,
    reader: shard_reader.ShardReader,
    trained: restored_run.RestoredRun,
) -> split_floors.SplitFloors:
    """The floors of a split, learnt from the training split of the run."""
    labels = trained.labels
    recorded = run_flags.read_experiment(request.workdir)
    known, reason = None, ""
    for folder in (recorded.shards, reader.folder):  # They may have moved.
        try:
            known = clip_dataset.open_split(
                folder, "train", recorded.input.without_cache
            )
            label_checks.check_labels(labels, known.manifest.labels, folder)
            break
        except errors.UserError as error:
            known, reason = None, reason or str(error)
    if known is None and labels:
        print(f"note: no floors, since {reason}")
    # A training clip is its own nearest neighbour.
    measured = (floors.MAJORITY,) if split == "train" else floors.FLOORS
    if known is not None and split != "train":
        of_features = readout_floor.of_run(
            trained, request.workdir, folder, split
        )
        measured = (*measured, *of_features)
    return split_floors.SplitFloors(known, reader, measured)
