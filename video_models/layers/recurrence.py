"""Stacks recurrent layers over the moments of a clip."""

import keras

from video_models.layers import randomness


def stack(
    layer: type[keras.layers.Layer],
    shape: tuple[int, int],
    layers: int,
    units: int,
    bidirectional: bool,
    dropout: float,
) -> keras.Model:
    """A network that reads the moments one after the other.

    Unrolled: a loop in the graph slows XLA and needs TFLite's Flex ops, and
    the number of moments is fixed anyway.

    Args:
        layer: `keras.layers.LSTM` or `keras.layers.GRU`.
        shape: `(t, C)` of the features.
        layers: how many lie one above the other.
        units: of a layer in one direction.
        bidirectional: whether each layer also reads backwards.
        dropout: share of the features dropped before every layer.

    Returns:
        [B, t, C] -> [B, t, units], or [B, t, 2 * units] in two directions.
    """
    name = layer.__name__.lower()
    features = keras.Input(shape, name="features")
    x = features
    for number in range(1, layers + 1):
        x = randomness.Dropout(dropout, name=f"dropout{number}")(x)
        read = layer(
            units, return_sequences=True, unroll=True, name=f"{name}{number}"
        )
        x = (keras.layers.Bidirectional(read) if bidirectional else read)(x)
    return keras.Model(features, x, name=name)
