"""Builds backbones; with the weights that their settings name."""

import keras

from pipelines import batch
from tfrecords_tools.base import registry
from video_models.pretrained import backbone_weights


def build(backbone: registry.Chosen, clip: batch.ClipSpec) -> keras.Model:
    """Builds a backbone and loads its initial weights, if any.

    Args:
        backbone: a file of `video_models.backbones` with its settings.
        clip: shape of the clip.

    Returns:
        float32 [B, T, H, W, 3], 0..255 -> {"volume": [B, t, h, w, C]}.

    Raises:
        ValueError: Keras cannot build it for such a clip.
        UserError: the weights are missing or do not fit.
    """
    network = backbone.build(clip)
    if backbone.config.weights is not None:
        backbone_weights.load(backbone, network)
    return network
