"""Backbone, temporal block and head, joined to one network."""

import keras

from pipelines import batch
from tfrecords_tools.base import registry


def build(
    backbone: registry.Chosen,
    temporal: registry.Chosen,
    head: registry.Chosen,
    clip: batch.ClipSpec,
    classes: int,
) -> keras.Model:
    """Frames to logits.

    Args:
        backbone: a file of `video_models.backbones` with its settings.
        temporal: a file of `video_models.temporal` with its settings.
        head: a file of `video_models.heads` with its settings.
        clip: shape of the clip.
        classes: number of logits.

    Returns:
        float32 [B, T, H, W, 3], 0..255 -> logits float32 [B, classes].
    """
    frames = keras.Input(clip.shape, name="frames")
    volume = backbone.build(clip)(frames)["volume"]
    moments = keras.ops.mean(volume, axis=(2, 3))
    moments = temporal.build(tuple(moments.shape[1:]))(moments)
    logits = head.build(tuple(moments.shape[1:]), classes)(moments)
    return keras.Model(frames, logits, name="video_network")
