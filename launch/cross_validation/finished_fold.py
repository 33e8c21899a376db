"""The result of a finished fold in its folder; it is not opened again."""

import csv
import dataclasses
import hashlib
import json
import pathlib
from typing import Any

from launch.cross_validation import fold_report
from launch.evaluation import evaluation_files, metrics_file, view_settings
from pipelines.reading import fold_reader
from tfrecords_tools.base import atomic_write, errors

NAME = "fold.json"
_EVALUATION = "evaluation"


def mark(
    lines: list[str],
    views: view_settings.Config,
    reader: fold_reader.FoldReader,
) -> dict[str, Any]:
    """What a fold depends on: flags, views, shards and groups; JSON values.

    Args:
        lines: flags of its run.
        views: of its evaluation.
        reader: of all clips.
    """
    shards = [shard.sha256 for shard in reader.shards]
    data = json.dumps([shards, reader.pool.groups]).encode()
    return {
        "flags": lines,
        "views": dataclasses.asdict(views),
        "data": hashlib.sha256(data).hexdigest(),
    }


def find(workdir: pathlib.Path, mark: dict[str, Any]) -> str | None:
    """The name of the evaluation of a finished fold.

    Returns:
        None if the fold is not finished, or was finished with another mark.
    """
    try:
        done = json.loads((workdir / NAME).read_text("utf-8"))
        name = done.pop(_EVALUATION)
    except (OSError, ValueError, KeyError, AttributeError):
        return None
    return name if done == mark else None


def record(workdir: pathlib.Path, mark: dict[str, Any], name: str) -> None:
    """Marks a fold as finished, with the name of its evaluation."""
    with atomic_write.file(workdir / NAME, "w") as stream:
        stream.write(json.dumps({**mark, _EVALUATION: name}, indent=1) + "\n")


def read(
    workdir: pathlib.Path,
    name: str,
    number: int,
    pool: fold_reader.Pool,
) -> fold_report.Fold:
    """Reads the result of a finished fold.

    Args:
        workdir: folder of its run.
        name: of its evaluation.
        number: of the fold, from 1.
        pool: of all clips.

    Raises:
        UserError: files are missing.
    """
    folder = workdir / evaluation_files.FOLDER / name
    metrics = metrics_file.standing(workdir / metrics_file.NAME)
    paths = [clip.path for clip in pool.clips]
    group_of = dict(zip(paths, pool.groups, strict=True))
    try:
        with (folder / evaluation_files.PREDICTIONS).open(newline="") as stream:
            rows = list(csv.DictReader(stream))
        report = metrics[metrics_file.EVALUATIONS][name]
    except (OSError, KeyError) as error:
        raise errors.UserError(
            f"cannot read the result of fold {number} ({error!r}): remove "
            f"{workdir / NAME} to evaluate the fold again"
        ) from error
    columns = {"fold": str(number)}
    rows = [
        {**columns, "group": group_of.get(row["path"], ""), **row}
        for row in rows
    ]
    return fold_report.Fold(rows, report)
