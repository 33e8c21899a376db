"""The initial weights of a fold, which have seen none of its clips.

Fine-tuning starts from a run. A fold starts from the same fold of another
cross-validation.
"""

import pathlib

from launch.runs import run_flags, run_folder
from pipelines import clip_dataset
from tfrecords_tools.base import errors


def of_fold(weights: str, shards: str, reader: clip_dataset.Config) -> str:
    """The run of the same fold, if a cross-validation is given.

    Args:
        weights: value of `--init.weights`.
        shards: folder of the shards.
        reader: of the fold.

    Returns:
        Its folder; `weights` if they are no cross-validation.

    Raises:
        UserError: it has other folds.
    """
    if not _has_folds(weights):
        return weights
    folder = str(run_folder.fold_folder(weights, reader.fold))
    if not pathlib.Path(folder).is_dir() or _split(folder) != (
        shards,
        *_dealing(reader),
    ):
        raise errors.UserError(
            f"--init.weights={weights} is a cross-validation with other folds: "
            "wanted one of the same shards and groups with "
            f"--cross_validate={reader.folds} --reader.deal={reader.deal}"
        )
    return folder


def warning(weights: str | None, shards: str) -> str:
    """Says that the weights know the clips of all folds, if they do.

    Args:
        weights: value of `--init.weights`.
        shards: folder of the shards.
    """
    if not weights or _has_folds(weights):
        return ""
    if not (pathlib.Path(weights) / run_flags.FILE_NAME).is_file():
        return ""
    if run_flags.read_experiment(weights).shards != shards:
        return ""
    return (
        f"note: {weights} has learnt from clips that are held out here, so "
        "the result is optimistic: cross-validate that run, and give the "
        "folder of its folds as --init.weights"
    )


def _has_folds(weights: str) -> bool:
    return run_folder.fold_folder(weights, 1).is_dir()


def _split(folder: str) -> tuple:
    described = run_flags.read_experiment(folder)
    return described.shards, *_dealing(described.reader)


def _dealing(reader: clip_dataset.Config) -> tuple:
    groups = reader.groups, reader.group_column
    return reader.folds, reader.fold, reader.deal, *groups
