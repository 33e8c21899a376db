"""What each modality says alone, for a head of its own in the loss."""

import keras

from video_models import network_inputs
from video_models.families.fusion import modalities

ops = keras.ops


def build(shapes: dict[str, modalities.Modality]) -> keras.Model:
    """Averages each modality over time and space; it has no weights.

    A head for each modality on these features, with `--fusion.unimodal` as
    the weight of its loss, keeps the modality that learns fastest from
    silencing the others. Multiply the loss of a clip by `has_<name>`.

    Args:
        shapes: what the backbones give, by name.

    Returns:
        The inputs of the fusion -> for each modality its features float32
        [B, 1, C] by its name, 0 if it is missing, and `has_<name>` [B].
    """
    given = modalities.inputs(shapes)
    found = {}
    for name, stream in modalities.read(given, shapes).items():
        vector = modalities.pool(stream, f"{name}_average")
        found[name] = ops.expand_dims(vector, 1)
        found[network_inputs.has(name)] = stream.present
    return keras.Model(given, found, name="unimodal")
