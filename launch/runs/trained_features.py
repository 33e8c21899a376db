"""The backbone of a trained run, for others to compare features with."""

import pathlib

import keras

from launch.runs import checkpoints, run_flags
from pipelines import batch
from tfrecords_tools.base import errors
from video_models.introspection import layer_paths


def backbone(workdir: str, clip: batch.ClipSpec) -> keras.Model:
    """The run's backbone with its averaged weights, for clips of any shape.

    Layers that depend on the shape of the clip stay as they begin: they are
    behind those of which features are taken.

    Args:
        workdir: folder of a run of a network with a backbone.
        clip: what it is to see.

    Raises:
        UserError: there is no such run, or its weights do not fit at all.
    """
    chosen = run_flags.described(workdir).parts.backbone
    if chosen is None:
        raise errors.UserError(
            f"--features: the run in {workdir} has no backbone: wanted one of "
            "--objective=classification or the like"
        )
    network = run_flags.without_files(chosen).build(clip)
    arrays = checkpoints.averaged_weights(pathlib.Path(workdir))
    # There they lie in the network of the objective, and in the backbone.
    found = {name.partition("/")[2]: value for name, value in arrays.items()}
    names = layer_paths.names(network)
    fitted = 0
    for variable, name in zip(network.variables, names, strict=True):
        value = found.get(f"{network.name}/{name}")
        if value is not None and tuple(value.shape) == tuple(variable.shape):
            variable.assign(value)
            fitted += 1
    if not fitted:
        raise errors.UserError(
            f"--features: no weight of {workdir} fits its own backbone "
            f"{chosen.name}: was it trained with another version?"
        )
    return network
