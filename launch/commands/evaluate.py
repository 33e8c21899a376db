"""Evaluates a trained run on a split, beside its floors."""

import dataclasses
import json
import pathlib
from typing import Any

from launch.evaluation import (
    clip_answers,
    evaluation,
    evaluation_batch,
    evaluation_files,
    floors,
    split_floors,
)
from launch.reporting import report_table
from launch.runs import label_checks, restored_run, run_flags
from pipelines import clip_dataset
from pipelines.reading import shard_reader
from tfrecords_tools import annotations
from tfrecords_tools.base import atomic_write, errors, flags, settings
from tfrecords_tools.base.files import folder_lock
from tfrecords_tools.base.text import text_cells


@dataclasses.dataclass(frozen=True)
class Config:
    """Run and data."""

    workdir: str = settings.setting("", "Folder of the run.")
    checkpoint: str = settings.setting(
        "newest", "Checkpoint to evaluate: newest, best or a step."
    )
    split: str = settings.setting("validation", "Split to evaluate on.")
    shards: str | None = settings.setting(
        None, "Folder of the shards. Unset: those of the run."
    )


@dataclasses.dataclass(frozen=True)
class Views:
    """Test-time views."""

    views: int = settings.setting(
        1, "Evenly spaced clips per video; scores are averaged.", minimum=1
    )
    crops: int = settings.setting(
        1,
        "Crops per view: 1 is the centre crop, more are spread evenly along "
        "the long side; scores are averaged.",
        minimum=1,
    )
    batch_size: int | None = settings.setting(
        None,
        "Clips per batch. Unset: as in training; on a CPU fewer for networks "
        "with large activations.",
        minimum=1,
    )


COMMAND = flags.Command(
    summary="Evaluates a trained run on a split; writes metrics.json, "
    "predictions.csv, confusion.png and mistakes.png.",
    settings=Config,
    sections={"evaluate": Views},
    required=("workdir",),
)


def main(resolved: flags.Resolved) -> None:
    """Prints a table, and writes the metrics and files of the evaluation."""
    config, views = resolved.settings, resolved.sections["evaluate"]
    trained = restored_run.load_run(
        config.workdir, config.shards, config.checkpoint
    )
    shards = trained.experiment.shards
    split = annotations.canonical_split(config.split) or config.split
    input_config = trained.experiment.input.without_cache
    reader = clip_dataset.open_split(shards, split, input_config)
    label_checks.check_labels(trained.labels, reader.manifest.labels, shards)
    label_checks.check_tasks(trained.objective, reader.manifest.tasks, shards)
    label_checks.check_several(trained.objective, reader.manifest, shards)
    print(
        f"{split} of {shards}: {reader.clips} clips, {views.views} view(s), "
        f"{views.crops} crop(s), step {trained.step}"
    )
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
    beside = _floors(config, split, reader, trained.labels)
    report = beside.report(trained.objective, evaluated)
    print(report_table.format_report(report, text_cells.terminal_width()))
    workdir = pathlib.Path(config.workdir)
    name = evaluation_files.name(
        split, views.views, views.crops, trained.step, config.shards
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
    path = workdir / "metrics.json"
    add(path, split, {"step": trained.step, **report}, name)
    print(f"written: {', '.join(map(str, [path, *written]))}")


def _floors(
    config: Config,
    split: str,
    reader: shard_reader.ShardReader,
    labels: tuple[str, ...],
) -> split_floors.SplitFloors:
    """The floors of a split, learnt from the training split of the run."""
    # A training clip is its own nearest neighbour.
    measured = (floors.MAJORITY,) if split == "train" else floors.FLOORS
    recorded = run_flags.read_experiment(config.workdir)
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
    return split_floors.SplitFloors(known, reader, measured)


def add(
    path: pathlib.Path, split: str, report: dict[str, Any], name: str = ""
) -> None:
    """Adds the metrics of a split to the file.

    Concurrent evaluations of several splits write one after another.

    Args:
        path: of the file.
        split: whose latest report this is.
        report: JSON values.
        name: of the evaluation; with one, the report is also kept in
            `evaluations` under this name.

    Raises:
        UserError: the file cannot be written.
    """
    with folder_lock.held_for(path, "evaluation", wait=True):
        metrics = {**_standing(path), split: report}
        if name:
            before = metrics.pop(evaluation_files.FOLDER, {})
            metrics[evaluation_files.FOLDER] = {**before, name: report}
        with atomic_write.file(path, "w") as stream:
            stream.write(json.dumps(metrics, indent=1) + "\n")


def _standing(path: pathlib.Path) -> dict:
    """Metrics of other splits; empty if the file is unreadable."""
    try:
        return dict(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return {}
