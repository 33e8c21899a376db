"""The files of an evaluation in the folder of its run.

`RUN/evaluations/<name>/` keeps the files of each evaluation, by split, views,
crops and step; those of the latest are also in `RUN` itself.
"""

import hashlib
import os
import pathlib
import shutil
from collections.abc import Sequence

from launch.evaluation import (
    clip_answers,
    confusion,
    metrics_file,
    mistakes,
    prediction_table,
    split_floors,
)
from launch.reporting import drawing
from pipelines import clip_dataset
from pipelines.reading import shard_reader
from tfrecords_tools.base import atomic_write

FOLDER = metrics_file.EVALUATIONS
PREDICTIONS, CONFUSION = "predictions.csv", "confusion.png"
MISTAKES = "mistakes.png"
ALL = (PREDICTIONS, CONFUSION, MISTAKES)


def name(
    split: str, views: int, crops: int, step: int, shards: str | None = None
) -> str:
    """`validation-3x1-step150`: split, views by crops, and step.

    Args:
        split: that was evaluated.
        views: per clip.
        crops: per view.
        step: of the checkpoint.
        shards: folder of other shards than those of the run; adds its name
            and a digest of its path.
    """
    text = f"{split}-{views}x{crops}-step{step}"
    if shards is None:
        return text
    path = os.path.abspath(shards) if "://" not in shards else shards
    digest = hashlib.sha256(os.fsencode(path)).hexdigest()[:6]
    return f"{text}-{os.path.basename(path)}-{digest}"


def write(
    workdir: pathlib.Path,
    name: str,
    every: Sequence[clip_answers.ClipAnswers],
    floors: split_floors.SplitFloors,
    reader: shard_reader.ShardReader,
    input_config: clip_dataset.Input,
    views: tuple[int, int],
) -> list[pathlib.Path]:
    """Writes predictions.csv, confusion.png and mistakes.png.

    Args:
        workdir: folder of the run.
        name: of the evaluation, see `name`.
        every: answers of each label set; none: nothing is written.
        floors: after their report on this evaluation.
        reader: of the split.
        input_config: contents of its batches.
        views: views and crops per clip.

    Returns:
        The files in `workdir`.

    Raises:
        UserError: a file cannot be written.
    """
    if not every:
        return []
    folder = workdir / FOLDER / name
    with atomic_write.explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
    further = {"views": views[0], "crops": views[1]}
    clips = floors.clips
    table = prediction_table.rows(every, clips, floors.given, further)
    prediction_table.write(folder / PREDICTIONS, table)
    drawing.save_png(folder / CONFUSION, confusion.image(every))
    sheet = mistakes.sheet(every, clips, reader, input_config)
    drawing.save_png(folder / MISTAKES, sheet)
    return [_copied(folder / each, workdir) for each in ALL]


def _copied(path: pathlib.Path, workdir: pathlib.Path) -> pathlib.Path:
    target = workdir / path.name
    with path.open("rb") as source, atomic_write.file(target) as stream:
        shutil.copyfileobj(source, stream)
    return target
