"""The forms in which a trained classifier can serve, each as two functions."""

import dataclasses
import functools
import pathlib
from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from launch.runs import restored_run
from launch.serving import exported_model, loaded_model, model_metadata
from tests.benchmarks.networks import tflite_models
from tfrecords_tools.base import errors


class Form(NamedTuple):
    """A classifier that takes one clip, uint8 [1, T, size, size, 3].

    Attributes:
        scores: returns float32 [1, classes].
        compute: runs the network only, without scaling of frames; timed.
        megabytes: of its files; of its weights as trained.
    """

    scores: Callable[[np.ndarray], np.ndarray]
    compute: Callable[[np.ndarray], Any]
    megabytes: float


class Source(NamedTuple):
    """What a form is made from.

    Attributes:
        trained: the run.
        workdir: its folder.
        examples: clips of training, for ranges of 8 bits.
        folder: an empty one.
        threads: of TFLite.
    """

    trained: restored_run.RestoredRun
    workdir: str
    examples: list[np.ndarray]
    folder: str
    threads: int


def as_trained(trained: restored_run.RestoredRun) -> Form:
    """The network as `launch.evaluate` runs it."""
    (network,) = trained.networks.values()

    @tf.function
    def scores(clip: tf.Tensor) -> tf.Tensor:
        frames = tf.cast(clip, tf.float32)
        return trained.objective.predict(trained.networks, frames)["scores"]

    def compute(clip: np.ndarray) -> np.ndarray:
        return scores(tf.constant(clip)).numpy()

    return Form(compute, compute, 4 * network.count_params() / 1e6)


def _saved_model(source: Source, precision: str | None = None) -> Form:
    """What `launch.export` writes, by its signatures."""
    trained = source.trained
    experiment = trained.experiment
    if precision:
        devices = dataclasses.replace(experiment.devices, precision=precision)
        experiment = dataclasses.replace(experiment, devices=devices)
        workdir = pathlib.Path(source.workdir)
        trained = restored_run.RestoredRun(experiment, workdir)
    # Clips are scaled already.
    clip = dataclasses.replace(experiment.clip, short_side=experiment.clip.size)
    metadata = model_metadata.ModelMetadata(clip, trained.labels, trained.media)
    path = exported_model.export(
        trained.objective, trained.networks, metadata, source.folder
    )
    keras.mixed_precision.set_global_policy("float32")
    loaded = loaded_model.LoadedModel(path)
    signature = tf.saved_model.load(str(path)).signatures["predict_tensor"]
    sizes = [p.stat().st_size for p in path.rglob("*") if p.is_file()]
    return Form(
        lambda clip: signature(frames=tf.constant(clip))["scores"].numpy(),
        loaded.embed,  # All but the last layer, and no scaling.
        sum(sizes) / 1e6,
    )


def _tflite(
    source: Source, weights: str = "float32", quantizes: bool = False
) -> Form:
    """The whole network as one file."""
    (network,) = source.trained.networks.values()
    examples = [np.float32(clip) for clip in source.examples]
    content = tflite_models.convert(
        network, 1, examples if quantizes else None, weights
    )
    return _of_files(source, [content])


def _tflite_int8_encoder(source: Source) -> Form:
    """Two files: the encoder in 8 bits, the rest in float32."""
    halves = source.trained.objective.split()
    if halves is None:
        raise errors.UserError(
            "tflite_int8_encoder of a run with a published head: its network "
            "has no halves; leave it out of --forms"
        )
    examples = [np.float32(clip) for clip in source.examples]
    encoder = tflite_models.convert(halves.encoder, 1, examples)
    return _of_files(source, [encoder, tflite_models.convert(halves.rest)])


def _of_files(source: Source, contents: list[bytes]) -> Form:
    """TFLite files that run in sequence, each on the output of the last."""
    each = [tflite_models.predictor(c, source.threads) for c in contents]

    def compute(clip: np.ndarray) -> np.ndarray:
        return functools.reduce(
            lambda given, predict: predict(given), each, np.float32(clip)
        )

    def scores(clip: np.ndarray) -> np.ndarray:
        logits = tf.constant(compute(clip))
        computed = {"classifier": lambda *_, **__: logits}
        answers = source.trained.objective.predict(computed, clip)
        return answers["scores"].numpy()

    return Form(scores, compute, sum(map(len, contents)) / 1e6)


FORMS: dict[str, Callable[[Source], Form]] = {
    "saved_model": _saved_model,
    "saved_model_bfloat16": functools.partial(
        _saved_model, precision="bfloat16"
    ),
    "tflite": _tflite,
    "tflite_float16": functools.partial(_tflite, weights="float16"),
    "tflite_int8_weights": functools.partial(_tflite, weights="int8"),
    "tflite_int8_encoder": _tflite_int8_encoder,
    "tflite_int8": functools.partial(_tflite, quantizes=True),
}
