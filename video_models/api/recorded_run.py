"""Reads a run of launch.train from its folder.

`flags.flagfile` holds all settings, one flag per line; a checkpoint holds
labels and weights. Classification runs only: other runs need entries of their
batches.
"""

import pathlib
from collections.abc import Mapping

import keras

from pipelines import batch
from tfrecords_tools.base import errors, registry
from tfrecords_tools.base.keywords import recorded_settings
from video_models import objective, renamed_flags
from video_models.weights import recorded_metadata, run_checkpoints

_FLAGS = "flags.flagfile"
_FOLDERS = {
    "objective": "video_models.objectives",
    "backbone": "video_models.backbones",
    "audio_backbone": "video_models.audio_backbones",
    "text_backbone": "video_models.text_backbones",
    "fusion": "video_models.fusion",
    "temporal": "video_models.temporal",
    "head": "video_models.heads",
}


def is_run(path: pathlib.Path) -> bool:
    """Whether a folder is a run or a checkpoint of a run."""
    return _flag_file(path) is not None


def restore(path: pathlib.Path) -> objective.Objective:
    """Restores the objective of a run, with averaged weights.

    Args:
        path: a run folder (its best checkpoint if known, else its newest), or
            a checkpoint folder.

    Raises:
        UserError: the checkpoint does not exist or has another version, or the
            run does not classify.
    """
    flags = recorded_settings.flags_in(_flag_file(path), renamed_flags.NAMES)
    goal = _chosen(flags, "objective")
    if set(goal.module.COMPONENTS) - set(_FOLDERS):
        raise _no_classifier(path, goal)
    checkpoint = run_checkpoints.chosen_to_start_from(path)
    saved = run_checkpoints.SavedCheckpoints(checkpoint.parent)
    step = int(checkpoint.name)
    metadata = recorded_metadata.upgrade(saved.metadata(step))
    clip = recorded_settings.config_of(batch.ClipSpec, "clip", flags)
    restored = goal.build(
        objective.Components(
            **{
                name: _chosen(flags, name)
                for name in goal.module.COMPONENTS
                if name in flags
            }
        ),
        recorded_metadata.task(metadata, clip),
        keras.optimizers.SGD,
    )
    if not restored.answers:
        raise _no_classifier(path, goal)
    saved.restore_averages(step, restored.networks)
    return restored


def _no_classifier(
    path: pathlib.Path, goal: registry.Chosen
) -> errors.UserError:
    return errors.UserError(
        f"{path} is a run of --objective={goal.name}: wanted a run that "
        "classifies. Export this one with launch.export"
    )


def _flag_file(path: pathlib.Path) -> pathlib.Path | None:
    for folder in (path, path.absolute().parent.parent):
        if (folder / _FLAGS).is_file():
            return folder / _FLAGS
    return None


def _chosen(flags: Mapping[str, str], choice: str) -> registry.Chosen:
    # The backbone's file of initial weights is not needed, and may be gone.
    flags = {k: v for k, v in flags.items() if k != f"{choice}.weights"}
    module = registry.load(_FOLDERS[choice], flags[choice])
    config = recorded_settings.config_of(module.Config, choice, flags)
    return registry.choose(_FOLDERS[choice], flags[choice], config)
