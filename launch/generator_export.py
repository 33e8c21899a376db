"""A trained generator of clips as a SavedModel.

    EXPORT/<version>/
      saved_model.pb, variables/
      assets.extra/generator.json   shape of the noise, labels, clip
      assets.extra/golden.npz       see golden_frames

The signature `serving_default` takes `noise` float32 [N, 1 + T, length],
standard normal, and, where clips are made for labels, `label` int32 [N], their
numbers; it gives `frames` uint8 [N, T, H, W, 3].
"""

import pathlib
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from launch import constant_graph, golden_frames, versions
from pipelines import frame_decoding
from tfrecords_tools.base import settings
from video_models.objectives import gan


def export(
    goal: gan.Gan,
    networks: dict[str, keras.Model],
    clip: Any,
    output: str | pathlib.Path,
) -> pathlib.Path:
    """Writes the next version.

    Args:
        goal: the objective.
        networks: those to export.
        clip: the `batch.ClipSpec` of what is made.
        output: folder of the versions.

    Returns:
        The folder of the new version.

    Raises:
        UserError: it cannot be written; older versions are untouched.
    """
    inputs = {"noise": tf.TensorSpec((None, *goal.noise_shape), tf.float32)}
    if goal.labels:
        inputs["label"] = tf.TensorSpec((None,), tf.int32)

    def make(noise: tf.Tensor, label: Any = None) -> dict[str, tf.Tensor]:
        made = goal.made(networks, noise, label)
        return {"frames": frame_decoding.to_uint8(made)}

    facts = {
        "noise": list(goal.noise_shape),
        "labels": list(goal.labels),
        "clip": settings.to_dict(clip),
    }
    random = np.random.default_rng(0)
    noise = random.standard_normal((2, *goal.noise_shape), np.float32)
    golden = {"noise": noise}
    if goal.labels:
        golden["label"] = np.array([0, len(goal.labels) - 1], np.int32)
    made = make(**{k: tf.constant(v) for k, v in golden.items()})["frames"]
    path = versions.following(pathlib.Path(output))
    with versions.writing(path, "generator.json", facts) as temporary:
        constant_graph.save_function(
            make, inputs, {"generator": networks["generator"]}, temporary
        )
        golden_frames.write(temporary, golden, made.numpy())
    return path
