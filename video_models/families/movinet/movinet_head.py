"""The head of MoViNet, for clips and streams."""

import keras

from video_models.families.movinet import (
    movinet_settings,
    movinet_specs,
    movinet_squeeze,
)
from video_models.layers import randomness, stream_states
from video_models.layers.time import cumulative_mean


def build(
    config: movinet_settings.Config,
    shapes: dict[str, tuple[int, ...]],
    classes: int,
    dropout: float | None,
) -> keras.Model:
    """Mean over time and space, hidden layer, dropout, linear layer.

    The published dropout is 0.2 for A0 and causal A1, otherwise 0.5. The Model
    Garden loads all released weights with swish here, although its training
    settings of causal A1 and A4 have hard_swish.
    """
    volume = keras.Input(shapes["volume"], name="volume")
    pooled = keras.ops.mean(volume, axis=(1, 2, 3))
    logits = _classify(pooled, config, classes, dropout)
    return keras.Model({"volume": volume}, logits, name="published_head")


def build_stream(
    config: movinet_settings.Config,
    shapes: dict[str, tuple[int, ...]],
    classes: int,
    dropout: float | None,
) -> keras.Model:
    """The published head on the mean over all frames so far."""
    volume = keras.Input(shapes["volume"], name="volume")
    states = stream_states.States()
    features = keras.ops.mean(volume, axis=(2, 3))
    mean = cumulative_mean.CumulativeMean(name="head_mean")
    total = states.total("state_total", features.shape[-1])
    means, states.after["state_total"] = mean(features, total, states.frames())
    states.count(features.shape[1])
    logits = _classify(means[:, -1], config, classes, dropout)
    return keras.Model(
        {"volume": volume, **states.before},
        {"logits": logits, **states.after},
        name="published_head",
    )


def _classify(
    x: keras.KerasTensor,
    config: movinet_settings.Config,
    classes: int,
    dropout: float | None,
) -> keras.KerasTensor:
    if dropout is None:
        little = config.variant == "a0"
        little = little or (config.variant == "a1" and config.causal)
        dropout = 0.2 if little else 0.5
    hidden = max(1, round(config.width * movinet_specs.HIDDEN))
    x = keras.layers.Dense(
        hidden, kernel_initializer="he_normal", name="hidden"
    )(x)
    x = movinet_squeeze.activate(x, config.head_activation, "hidden")
    x = randomness.Dropout(dropout, name="hidden_dropout")(x)
    return keras.layers.Dense(
        classes,
        kernel_initializer=keras.initializers.RandomNormal(stddev=0.01),
        dtype="float32",
        name="logits",
    )(x)
