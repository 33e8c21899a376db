"""Loads saved models: `.keras` files and runs of launch.train."""

import os
import pathlib
import re

import keras

from tfrecords_tools.base import errors
from video_models.api import recorded_run
from video_models.classification import label_scores


def load(path: str | os.PathLike) -> keras.Model:
    """Loads a model.

    Args:
        path: a `.keras` file, or the folder of a run of launch.train. From a
            run it loads the averaged weights of the best checkpoint if known,
            else of the newest; give `RUN/checkpoints/00000400` for another.

    Returns:
        The saved model. For a run: frames [B, T, H, W, 3], uint8 or float,
        0..255, with the T, H and W of training -> float32 [B, classes], the
        scores of launch.predict; for several label sets a dict, `label` and
        `label.<task>`. A run that sees audio or text takes a dict of the
        entries of `pipelines.batch` instead of the frames.

    Raises:
        UserError: the model does not exist, has another version, or is a run
            that does not classify.
    """
    place = pathlib.Path(path)
    if recorded_run.is_run(place):
        return _of_run(place)
    if not place.exists():
        raise errors.UserError(
            f"no model in {place}: there is no such file or folder"
        )
    if place.is_dir():
        raise errors.UserError(f"no model in {place}: {_of_folder(place)}")
    if place.suffix != ".keras":
        raise errors.UserError(
            f"{place} does not end in .keras: wanted a file of model.save. "
            "Weights alone are loaded by classifier(..., weights=FILE)"
        )
    try:
        return keras.saving.load_model(place)
    except (OSError, ValueError, TypeError, KeyError) as error:
        first = str(error).strip().partition("\n")[0]
        raise errors.UserError(
            f"{place} cannot be loaded ({first}): wanted a file of model.save"
        ) from error


def labels(model: keras.Model, task: str | None = None) -> tuple[str, ...]:
    """Returns the names of the classes, in the order of the model's scores.

    Args:
        model: a model of `classifier`, or loaded by `load` or Keras.
        task: the label set; None: the main one.

    Raises:
        UserError: the model stores no such names.
    """
    found = {
        layer.name: layer.labels
        for layer in model.layers
        if isinstance(layer, label_scores.LabelScores)
    }
    names = found.get(_layer_name(f"scores.{task}" if task else "scores"))
    if not names:
        raise errors.UserError(
            f"{model.name} stores no names of classes"
            + (f" of {task!r}" if task else "")
            + ": give them to classifier, classes=pipelines.labels(shards)"
        )
    return names


def _layer_name(score: str) -> str:
    return re.sub(r"\W", "_", score)


def _of_run(path: pathlib.Path) -> keras.Model:
    goal = recorded_run.restore(path)
    (network,) = goal.networks.values()  # Classifiers have one network.
    layers = {
        name.replace("scores", "label", 1): label_scores.LabelScores(
            "softmax" if answer.threshold is None else "sigmoid",
            answer.labels,
            name=_layer_name(name),
        )
        for name, answer in goal.answers.items()
    }
    if isinstance(network.output, dict):
        outputs = {k: layers[k](x) for k, x in network.output.items()}
    else:
        outputs = layers["label"](network.output)
    return keras.Model(network.input, outputs, name=network.name)


def _of_folder(folder: pathlib.Path) -> str:
    """Explains what to do with a folder that is no run."""
    versions = [each for each in folder.iterdir() if each.name.isdecimal()]
    if any((each / "saved_model.pb").is_file() for each in [folder, *versions]):
        return (
            "a SavedModel, which has no layers; wanted the run that it was "
            "exported from. Run the SavedModel itself with launch.predict or "
            "tf.saved_model.load"
        )
    return "wanted a .keras file, or the --workdir of launch.train"
