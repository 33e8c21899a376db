"""A temporal convolutional network; dilations double in each block."""

import dataclasses

import keras

from tfrecords_tools.base import errors, settings
from video_models.layers import randomness
from video_models.layers.time import dilated_convolution


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of the temporal convolutional network."""

    layers: int = settings.setting(
        4,
        "Residual blocks of two convolutions each, with dilations 1, 2, 4, ...",
        minimum=1,
        maximum=16,
    )
    units: int = settings.setting(
        128, "Channels of every convolution.", minimum=1
    )
    kernel: int = settings.setting(3, "Kernel size over time.", minimum=2)
    causal: bool = settings.setting(
        True, "Causal: no time step sees later ones; required for streaming."
    )
    dropout: float = settings.setting(
        0.1,
        "Dropout rate after every convolution.",
        minimum=0.0,
        maximum=0.9,
    )


TINY = Config(layers=2, units=8)


def build(config: Config, shape: tuple[int, int]) -> keras.Model:
    """Builds dilated residual convolutions, at a cost linear in time.

    Source: TCN, arXiv:1803.01271. Differs: layer normalisation, independent of
    batch and clip length, instead of weight normalisation; dropout of single
    values instead of whole features. The receptive field is `1 + 2 (kernel -
    1) (2 ^ layers - 1)` time steps, ending at the output's own step if causal,
    else centred on it.

    Args:
        config: layers, units, kernel, causal, dropout.
        shape: `(t, C)` of the features.

    Returns:
        [B, t, C] -> [B, t, units].
    """
    features = keras.Input(shape, name="features")
    mixed, _ = _mix(features, config, None)
    return keras.Model(features, mixed, name="tcn")


def build_stream(config: Config, shape: tuple[int, int]) -> keras.Model:
    """Builds the same network for the newest time steps of a stream.

    Args:
        config: causal.
        shape: `(n, C)`, features of the newest time steps.

    Returns:
        {"features": [B, n, C], states} -> the same names.

    Raises:
        UserError: the network is not causal.
    """
    if not config.causal:
        raise errors.UserError(
            "--temporal=tcn with --temporal.causal=false needs future time "
            "steps, which a stream does not have: wanted "
            "--temporal.causal=true"
        )
    features = keras.Input(shape, name="features")
    states: dict[str, keras.KerasTensor] = {}
    mixed, after = _mix(features, config, states)
    return keras.Model(
        {"features": features, **states},
        {"features": mixed, **after},
        name="tcn",
    )


def _mix(
    x: keras.KerasTensor,
    config: Config,
    states: dict[str, keras.KerasTensor] | None,
) -> tuple[keras.KerasTensor, dict[str, keras.KerasTensor]]:
    """Returns the outputs and the new states.

    It adds the inputs of a stream to a dict of states.
    """
    after: dict[str, keras.KerasTensor] = {}
    for block in range(1, config.layers + 1):
        name, dilation = f"block{block}", 2 ** (block - 1)
        y = x
        for part in ("first", "second"):
            y = _convolve(y, config, dilation, f"{name}_{part}", states, after)
        if x.shape[-1] != config.units:
            x = keras.layers.Dense(config.units, name=f"{name}_short")(x)
        x = keras.layers.ReLU(name=f"{name}_relu")(x + y)
    return x, after


def _convolve(
    x: keras.KerasTensor,
    config: Config,
    dilation: int,
    name: str,
    states: dict[str, keras.KerasTensor] | None,
    after: dict[str, keras.KerasTensor],
) -> keras.KerasTensor:
    layer = dilated_convolution.DilatedConvolution(
        config.units, config.kernel, dilation, config.causal, name=name
    )
    if states is None:
        x = layer(x)
    else:
        state = f"state_{name}"
        past = (layer.reach, x.shape[-1])
        states[state] = keras.Input(past, dtype="float32", name=state)
        x, after[state] = layer(x, states[state])
    x = keras.layers.LayerNormalization(epsilon=1e-6, name=f"{name}_norm")(x)
    x = keras.layers.ReLU(name=f"{name}_relu")(x)
    return randomness.Dropout(config.dropout, name=f"{name}_dropout")(x)
