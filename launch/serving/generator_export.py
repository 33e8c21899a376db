"""Exports a trained generator of clips as a SavedModel.

    EXPORT/<version>/
      saved_model.pb, variables/
      assets.extra/generator.json   shape of the noise, labels, clip
      assets.extra/golden.npz       see golden_frames

The signature `serving_default` takes `noise` float32 [N, 1 + T, length],
standard normal, and, for a conditional generator, label ids `label` int32 [N];
it returns `frames` uint8 [N, T, H, W, 3].
"""

import pathlib
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from launch.requests import request_limits
from launch.serving import constant_graph, golden_frames, versions
from pipelines.decoding import frame_decoding
from tfrecords_tools.base import settings
from video_models.objectives import gan


def export(
    objective: gan.Gan,
    networks: dict[str, keras.Model],
    clip: Any,
    output: str | pathlib.Path,
    limits: request_limits.Config = request_limits.Config(),
) -> pathlib.Path:
    """Writes the next version.

    Args:
        objective: the objective.
        networks: the networks to export.
        clip: the `batch.ClipSpec` of the generated clips.
        output: folder of the versions.
        limits: of one request.

    Returns:
        The folder of the new version.

    Raises:
        UserError: it cannot be written; older versions are untouched.
    """
    inputs = {
        "noise": tf.TensorSpec((None, *objective.noise_shape), tf.float32)
    }
    if objective.labels:
        inputs["label"] = tf.TensorSpec((None,), tf.int32)

    def make(noise: tf.Tensor, label: Any = None) -> dict[str, tf.Tensor]:
        frames = objective.generate(networks, noise, label)
        return {"frames": frame_decoding.to_uint8(frames)}

    metadata = {
        "noise": list(objective.noise_shape),
        "labels": list(objective.labels),
        "clip": settings.to_dict(clip),
    }
    random = np.random.default_rng(0)
    noise = random.standard_normal((2, *objective.noise_shape), np.float32)
    golden = {"noise": noise}
    if objective.labels:
        golden["label"] = np.array([0, len(objective.labels) - 1], np.int32)
    frames = make(**{k: tf.constant(v) for k, v in golden.items()})["frames"]
    path = versions.following(pathlib.Path(output))
    with versions.writing(path, "generator.json", metadata) as temporary:
        constant_graph.save_function(
            make,
            inputs,
            {"generator": networks["generator"]},
            temporary,
            lambda given: _checked(given, clip, len(objective.labels), limits),
        )
        golden_frames.write(temporary, golden, frames.numpy())
    return path


def _checked(
    given: dict[str, tf.Tensor],
    clip: Any,
    labels: int,
    limits: request_limits.Config,
) -> dict[str, tf.Tensor]:
    """The inputs of a request, after its checks."""
    count = tf.shape(given["noise"])[0]
    rules = [request_limits.few_clips(count, limits.clips(clip.shape))]
    if "label" in given:
        rules.append(_known(given["label"], labels))
    checked = request_limits.require(*rules)
    return {k: request_limits.after([checked], v) for k, v in given.items()}


def _known(numbers: tf.Tensor, labels: int) -> request_limits.Rule:
    good = (numbers >= 0) & (numbers < labels)
    return tf.reduce_all(good), lambda: request_limits.text(
        "got label ",
        tf.boolean_mask(numbers, ~good)[0],
        f", wanted 0 to {labels - 1}",
    )
