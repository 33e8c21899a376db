"""Stacks recurrent layers over the moments of a clip."""

import dataclasses

import keras

from tfrecords_tools.base import settings
from video_models.layers import randomness


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of the recurrent layers."""

    layers: int = settings.setting(1, "Layers, one above the other.", minimum=1)
    units: int = settings.setting(
        128, "Length of the state in one direction.", minimum=1
    )
    bidirectional: bool = settings.setting(
        False, "Whether the clip is also read backwards."
    )
    dropout: float = settings.setting(
        0.1,
        "Share of features dropped before every layer in training.",
        minimum=0.0,
        maximum=0.9,
    )


def stack(
    layer: type[keras.layers.Layer], shape: tuple[int, int], config: Config
) -> keras.Model:
    """A network that reads the moments one after the other.

    Unrolled: a loop in the graph slows XLA and needs TFLite's Flex ops, and
    the number of moments is fixed anyway.

    Args:
        layer: `keras.layers.LSTM` or `keras.layers.GRU`.
        shape: `(t, C)` of the features.
        config: of the layers.

    Returns:
        [B, t, C] -> [B, t, units], or [B, t, 2 * units] in two directions.
    """
    name = layer.__name__.lower()
    features = keras.Input(shape, name="features")
    x = features
    for number in range(1, config.layers + 1):
        x = randomness.Dropout(config.dropout, name=f"dropout{number}")(x)
        read = layer(
            config.units,
            return_sequences=True,
            unroll=True,
            name=f"{name}{number}",
        )
        if config.bidirectional:
            read = keras.layers.Bidirectional(read)
        x = read(x)
    return keras.Model(features, x, name=name)
