"""Vectors of the modalities side by side, then a linear layer."""

import dataclasses

import keras

from tfrecords_tools.base import settings
from video_models.families import transformer
from video_models.families.fusion import modalities
from video_models.layers.fusion import learned_rows

ops = keras.ops

SUMMARIZES = True


@dataclasses.dataclass(frozen=True)
class Config(modalities.Config):
    """Settings of the concatenation."""

    width: int = settings.setting(256, "Features of the answer.", minimum=1)


TINY = Config(width=8)


def build(
    config: Config, shapes: dict[str, modalities.Modality]
) -> keras.Model:
    """Concatenates each modality's mean over time and space.

    Each vector is normalised; a trained vector stands for a missing modality.
    A ReLU follows the linear layer: without it, a linear head after it would
    only add up what each modality says alone.

    Args:
        config: width, modality dropout.
        shapes: what the backbones give, by name.

    Returns:
        The inputs of `modalities.inputs` -> float32 [B, 1, width].

    Raises:
        UserError: there are fewer than two modalities.
    """
    given = modalities.inputs(shapes)
    streams = modalities.read(given, shapes, config.dropout)
    vectors = []
    for name, stream in streams.items():
        x = modalities.pool(stream, f"{name}_average")
        x = transformer.normalize(x, f"{name}_norm")
        if stream.can_be_missing:
            stand_in = learned_rows.StandIn(name=f"{name}_missing")
            x = stand_in(x, stream.present)
        vectors.append(x)
    x = ops.concatenate(vectors, axis=-1)
    x = keras.layers.Dense(config.width, "relu", name="linear")(x)
    x = ops.cast(ops.expand_dims(x, 1), "float32")
    return keras.Model(given, x, name="concatenate")
