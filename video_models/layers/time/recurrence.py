"""Stacked recurrent layers over the time steps of a clip or a stream."""

import dataclasses

import keras

from tfrecords_tools.base import errors, settings
from video_models.layers import randomness


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of the recurrent layers."""

    layers: int = settings.setting(1, "Number of stacked layers.", minimum=1)
    units: int = settings.setting(128, "Units per direction.", minimum=1)
    bidirectional: bool = settings.setting(
        False, "Also read the clip backwards."
    )
    dropout: float = settings.setting(
        0.1,
        "Dropout rate before every layer.",
        minimum=0.0,
        maximum=0.9,
    )


def stack(
    layer: type[keras.layers.Layer], shape: tuple[int, int], config: Config
) -> keras.Model:
    """Builds stacked, unrolled recurrent layers.

    A loop in the graph would slow XLA and need TFLite's Flex ops; the number
    of time steps is fixed anyway.

    Args:
        layer: `keras.layers.LSTM` or `keras.layers.GRU`.
        shape: `(t, C)` of the features.
        config: settings of the layers.

    Returns:
        [B, t, C] -> [B, t, units], or [B, t, 2 * units] if bidirectional.
    """
    name = layer.__name__.lower()
    features = keras.Input(shape, name="features")
    x = features
    for number in range(1, config.layers + 1):
        x = randomness.Dropout(config.dropout, name=f"dropout{number}")(x)
        read = _layer(layer, config, f"{name}{number}")
        if config.bidirectional:
            read = keras.layers.Bidirectional(
                read, name=f"{name}{number}_both_ways"
            )
        x = read(x)
    return keras.Model(features, x, name=name)


def stream(
    layer: type[keras.layers.Layer],
    states: tuple[str, ...],
    shape: tuple[int, int],
    config: Config,
) -> keras.Model:
    """Builds the same network for the newest time steps of a stream.

    Args:
        layer: see `stack`.
        states: names of a layer's states, in its order.
        shape: `(n, C)`, features of the newest time steps.
        config: settings of the layers, not bidirectional.

    Returns:
        {"features": [B, n, C], states [B, units]} -> the same names.

    Raises:
        UserError: the layers are bidirectional.
    """
    name = layer.__name__.lower()
    if config.bidirectional:
        raise errors.UserError(
            f"--temporal={name} with --temporal.bidirectional=true needs the "
            "end of the clip, which a stream does not have: wanted "
            "--temporal.bidirectional=false"
        )
    inputs = {"features": keras.Input(shape, name="features")}
    x, outputs = inputs["features"], {}
    for number in range(1, config.layers + 1):
        x = randomness.Dropout(config.dropout, name=f"dropout{number}")(x)
        names = [f"state_{name}{number}_{each}" for each in states]
        before = [
            keras.Input((config.units,), dtype="float32", name=each)
            for each in names
        ]
        read = _layer(layer, config, f"{name}{number}", return_state=True)
        x, *after = read(x, initial_state=before)
        inputs |= zip(names, before, strict=True)
        after = [keras.ops.cast(each, "float32") for each in after]
        outputs |= zip(names, after, strict=True)
    return keras.Model(inputs, {"features": x, **outputs}, name=name)


def _layer(
    layer: type[keras.layers.Layer],
    config: Config,
    name: str,
    return_state: bool = False,
) -> keras.layers.Layer:
    return layer(
        config.units,
        return_sequences=True,
        return_state=return_state,
        unroll=True,
        name=name,
    )
