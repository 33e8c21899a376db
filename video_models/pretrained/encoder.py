"""Builds backbones; with the weights that their settings name."""

import keras

from pipelines import batch
from tfrecords_tools.base import registry
from video_models.pretrained import backbone_weights


def build(
    backbone: registry.Chosen,
    spec: batch.ClipSpec | batch.TextSpec,
    kind: str = "backbone",
) -> keras.Model:
    """Builds a backbone and loads its initial weights, if any.

    Args:
        backbone: a file of `video_models.backbones`, or of the registry of
            another modality, with its settings.
        spec: shape of the clip, or of what else the backbone takes.
        kind: the flag that chose it, such as `text_backbone`.

    Returns:
        float32 [B, T, H, W, 3], 0..255 -> {"volume": [B, t, h, w, C]}; for
        other modalities see the registry.

    Raises:
        ValueError: Keras cannot build it for such a clip.
        UserError: the weights are missing or do not fit.
    """
    network = backbone.build(spec)
    if getattr(backbone.config, "weights", None) is not None:
        text = spec if isinstance(spec, batch.TextSpec) else None
        backbone_weights.load(backbone, network, kind, text)
    return network
