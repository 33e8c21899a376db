"""Modalities side by side at each time step, aligned by their clocks."""

import dataclasses

import keras

from tfrecords_tools.base import settings
from video_models.families.fusion import aligned, modalities

ops = keras.ops


@dataclasses.dataclass(frozen=True)
class Config(modalities.Config):
    """Settings of the fusion in time."""

    width: int = settings.setting(256, "Features of the answer.", minimum=1)


TINY = Config(width=8)


def build(
    config: Config, shapes: dict[str, modalities.Modality]
) -> keras.Model:
    """Averages every modality onto the time steps of the first, and joins.

    The weights of the averages are static, from both clocks. A modality
    without a clock, such as text, or beside a first one without, is averaged
    over all its time steps. Vectors are normalised, concatenated and mapped by
    a linear layer and a ReLU; a trained vector stands for what is missing.

    Args:
        config: width, modality dropout.
        shapes: what the backbones give, by name, with their clocks.

    Returns:
        The inputs of `modalities.inputs` -> float32 [B, t, width].

    Raises:
        UserError: there are fewer than two modalities.
    """
    given = modalities.inputs(shapes)
    streams = modalities.read(given, shapes, config.dropout)
    first = next(iter(shapes.values()))
    x = ops.concatenate(
        [
            aligned.time_steps(stream, shapes[name], first, name)
            for name, stream in streams.items()
        ],
        axis=-1,
    )
    x = keras.layers.Dense(config.width, "relu", name="linear")(x)
    return keras.Model(given, ops.cast(x, "float32"), name="temporal")
