"""A run of launch.train, read back from its folder without its command.

`flags.flagfile` holds every setting, a flag a line; a checkpoint holds labels
and weights. Runs that classify only: others need what their batches hold.
"""

import pathlib
from collections.abc import Mapping

import keras

from pipelines import batch
from tfrecords_tools.base import errors, registry
from tfrecords_tools.base.keywords import recorded_settings
from video_models import objective
from video_models.weights import recorded_metadata, run_checkpoints

_FLAGS = "flags.flagfile"
_FOLDERS = {
    "objective": "video_models.objectives",
    "backbone": "video_models.backbones",
    "temporal": "video_models.temporal",
    "head": "video_models.heads",
}
SECTIONS = (*_FOLDERS, "clip")
"""Of the flags that are read."""


def is_run(path: pathlib.Path) -> bool:
    """Whether a folder is that of a run, or of one of its checkpoints."""
    return _flag_file(path) is not None


def restore(path: pathlib.Path) -> objective.Objective:
    """The objective of a run; its networks have the averaged weights.

    Args:
        path: the folder of a run, for its best checkpoint where one is known,
            otherwise its newest; or the folder of a checkpoint.

    Raises:
        UserError: there is no checkpoint, it is of another version, or the
            run does not classify.
    """
    flags = recorded_settings.flags_in(_flag_file(path))
    goal = _chosen(flags, "objective")
    if set(goal.module.COMPONENTS) - set(_FOLDERS):
        raise errors.UserError(
            f"{path} is a run of --objective={goal.name}: wanted one that "
            "classifies. launch.export writes what it makes frames with"
        )
    checkpoint = run_checkpoints.chosen_to_start_from(path)
    saved = run_checkpoints.SavedCheckpoints(checkpoint.parent)
    step = int(checkpoint.name)
    metadata = recorded_metadata.upgrade(saved.metadata(step))
    clip = recorded_settings.config_of(batch.ClipSpec, "clip", flags)
    restored = goal.build(
        objective.Components(
            backbone=_chosen(flags, "backbone"),
            temporal=_chosen(flags, "temporal"),
            head=_chosen(flags, "head"),
        ),
        recorded_metadata.task(metadata, clip),
        keras.optimizers.SGD,
    )
    saved.restore_averages(step, restored.networks)
    return restored


def _flag_file(path: pathlib.Path) -> pathlib.Path | None:
    for folder in (path, path.absolute().parent.parent):
        if (folder / _FLAGS).is_file():
            return folder / _FLAGS
    return None


def _chosen(flags: Mapping[str, str], choice: str) -> registry.Chosen:
    # The file that a backbone began with may be gone, and is not needed.
    flags = {k: v for k, v in flags.items() if k != "backbone.weights"}
    module = registry.load(_FOLDERS[choice], flags[choice])
    config = recorded_settings.config_of(module.Config, choice, flags)
    return registry.choose(_FOLDERS[choice], flags[choice], config)
