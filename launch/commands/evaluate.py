"""Evaluates a trained run on a split, beside its floors."""

import dataclasses

from launch.evaluation import evaluated_run, view_settings
from launch.reporting import report_table
from tfrecords_tools.base import flags, settings
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


COMMAND = flags.Command(
    summary="Evaluates a trained run on a split; writes metrics.json, "
    "predictions.csv, confusion.png and mistakes.png.",
    settings=Config,
    sections={"evaluate": view_settings.Config},
    required=("workdir",),
)


def main(resolved: flags.Resolved) -> None:
    """Prints a table, and writes the metrics and files of the evaluation."""
    config = resolved.settings
    request = evaluated_run.Request(
        config.workdir, config.split, config.checkpoint, config.shards
    )
    result = evaluated_run.evaluate(request, resolved.sections["evaluate"])
    width = text_cells.terminal_width()
    print(report_table.format_report(result.report, width))
    print(f"written: {', '.join(map(str, result.files))}")
