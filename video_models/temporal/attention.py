"""A transformer encoder over time."""

import dataclasses

import keras

from tfrecords_tools.base import errors, settings
from video_models.layers import randomness
from video_models.layers.attention import positions, temporal_attention


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of the transformer."""

    layers: int = settings.setting(
        2, "Number of transformer layers.", minimum=1
    )
    heads: int = settings.setting(
        4, "Attention heads; the features are split among them.", minimum=1
    )
    widening: int = settings.setting(
        4, "Hidden units of the MLP, as a multiple of the features.", minimum=1
    )
    dropout: float = settings.setting(
        0.1,
        "Dropout rate after attention and MLP.",
        minimum=0.0,
        maximum=0.9,
    )
    causal: bool = settings.setting(
        False, "Causal: no time step sees later ones; required for streaming."
    )
    window: int = settings.setting(
        0,
        "Time steps that each layer attends to on each side (only past ones "
        "if causal), at a cost linear in the clip's length; 0: all.",
        minimum=0,
    )
    positions: str = settings.setting(
        "absolute",
        "Position encoding. absolute: sinusoids, counted from the start; "
        "relative: rotary, by distance, valid anywhere in a long stream.",
        choices=("absolute", "relative"),
    )


TINY = Config(layers=1, heads=2, widening=2)
TINY_STREAM = Config(
    layers=2, heads=2, widening=2, causal=True, window=3, positions="relative"
)


def build(config: Config, shape: tuple[int, int]) -> keras.Model:
    """Builds a transformer over the time steps of a clip.

    Source: arXiv:1706.03762, with pre-normalisation as in arXiv:2010.11929,
    windows as in arXiv:2004.05150 and relative positions as in
    arXiv:2104.09864. Differs: features are normalised before positions of the
    same scale are added (see `layers.positions`).

    Args:
        config: layers, heads, widening, dropout, window, causality.
        shape: `(t, C)` of the features.

    Returns:
        [B, t, C] -> [B, t, C].

    Raises:
        UserError: heads have too few features for relative positions.
    """
    features = keras.Input(shape, name="features")
    mixed, _ = _mix(features, config, None, {})
    return keras.Model(features, mixed, name="attention")


def build_stream(config: Config, shape: tuple[int, int]) -> keras.Model:
    """Builds the same network for the newest time steps of a stream.

    Its states are the keys and values of `window` time steps per layer, and
    the number of time steps so far. Absolute positions count from the start of
    the stream and are untrained beyond the length of training clips; use
    relative positions for long streams.

    Args:
        config: causal, with a window.
        shape: `(n, C)`, features of the newest time steps.

    Returns:
        {"features": [B, n, C], states} -> the same names.

    Raises:
        UserError: the network is not causal, or has no window.
    """
    _check_streams(config)
    time_steps, width = shape
    features = keras.Input(shape, name="features")
    count = keras.Input((1,), dtype="int32", name="state_moments")
    past = (config.window, config.heads, _size(config, width))
    states = {
        name: keras.Input(past, dtype="float32", name=name)
        for number in range(1, config.layers + 1)
        for name in _state_names(f"attention{number}")
    }
    mixed, after = _mix(features, config, count, states)
    return keras.Model(
        {"features": features, "state_moments": count, **states},
        {"features": mixed, "state_moments": count + time_steps, **after},
        name="attention",
    )


def _mix(
    features: keras.KerasTensor,
    config: Config,
    count: keras.KerasTensor | None,
    states: dict[str, keras.KerasTensor],
) -> tuple[keras.KerasTensor, dict[str, keras.KerasTensor]]:
    """Returns the outputs and the new states."""
    after = {}
    x = _normalize(features, "norm_features")
    if config.positions == "absolute":
        x = positions.AddPositions(name="positions")(x, count)
    for number in range(1, config.layers + 1):
        name = f"attention{number}"
        x, newer = _attend(x, config, name, count, states)
        x = _think(x, config, f"mlp{number}")
        after |= newer
    return _normalize(x, "norm"), after


def _attend(
    x: keras.KerasTensor,
    config: Config,
    name: str,
    count: keras.KerasTensor | None,
    states: dict[str, keras.KerasTensor],
) -> tuple[keras.KerasTensor, dict[str, keras.KerasTensor]]:
    y = _normalize(x, f"{name}_norm")
    layer = temporal_attention.TemporalAttention(
        config.heads,
        _size(config, x.shape[-1]),
        config.causal,
        config.window,
        config.positions == "relative",
        name=name,
    )
    after = []
    if count is None:
        y = layer(y)
    else:
        past = [states[each] for each in _state_names(name)]
        y, *after = layer(y, *past, count)
    x = x + randomness.Dropout(config.dropout, name=f"{name}_dropout")(y)
    return x, dict(zip(_state_names(name), after, strict=False))


def _think(
    x: keras.KerasTensor, config: Config, name: str
) -> keras.KerasTensor:
    hidden = config.widening * x.shape[-1]
    y = _normalize(x, f"{name}_norm")
    y = keras.layers.Dense(hidden, "gelu", name=f"{name}_hidden")(y)
    y = keras.layers.Dense(x.shape[-1], name=name)(y)
    return x + randomness.Dropout(config.dropout, name=f"{name}_dropout")(y)


def _normalize(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    return keras.layers.LayerNormalization(epsilon=1e-6, name=name)(x)


def _size(config: Config, width: int) -> int:
    """Returns the features per head."""
    size = max(1, width // config.heads)
    if config.positions == "relative" and size < 2:
        raise errors.UserError(
            f"--temporal.heads={config.heads} leaves 1 of {width} features "
            "per head, --temporal.positions=relative needs 2: wanted fewer "
            "heads"
        )
    return size


def _state_names(name: str) -> list[str]:
    return [f"state_{name}_keys", f"state_{name}_values"]


def _check_streams(config: Config) -> None:
    if not config.causal or not config.window:
        raise errors.UserError(
            f"--temporal.causal={str(config.causal).lower()} and "
            f"--temporal.window={config.window}: attention streams only with "
            "--temporal.causal=true and a window of 1 or more, since a stream "
            "has no future time steps and cannot keep all past ones"
        )
