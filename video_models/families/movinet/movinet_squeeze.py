"""Squeeze-and-excitation and activations of MoViNet.

arXiv:1709.01507; causal networks squeeze the past only.
"""

import keras

from video_models.families import channel_counts
from video_models.families.movinet import movinet_settings
from video_models.layers import stream_states
from video_models.layers.attention import scaled_positions
from video_models.layers.time import cumulative_mean

ops = keras.ops

_KERAS_NAMES = {"swish": "silu", "hard_swish": "hard_silu"}


def weigh(
    x: keras.KerasTensor,
    style: movinet_settings.Style,
    states: stream_states.States | None,
    name: str,
) -> keras.KerasTensor:
    """Multiplies each channel by a weight between 0 and 1.

    Args:
        x: [B, T, H, W, C].
        style: settings shared by all blocks.
        states: states of the stream; None for a whole clip.
        name: prefix of the names of its layers.

    Returns:
        The same shape.
    """
    seen = _squeeze(ops.mean(x, axis=(2, 3)), style, states, name)
    if style.positions:
        positions = scaled_positions.ScaledPositions(name=f"{name}_positions")
        frames = states.frames() if states else None
        seen = positions(seen, frames=frames)
    weights = keras.layers.Dense(
        channel_counts.divisible_by_8(seen.shape[-1] / 4),
        _KERAS_NAMES[style.activation],
        kernel_initializer="he_normal",
        name=f"{name}_squeeze",
    )(seen)
    weights = keras.layers.Dense(
        x.shape[-1], kernel_initializer="he_normal", name=f"{name}_excite"
    )(weights)
    weights = _between_0_and_1(weights, style)
    return x * ops.reshape(weights, (-1, seen.shape[1], 1, 1, x.shape[-1]))


def _squeeze(
    features: keras.KerasTensor,
    style: movinet_settings.Style,
    states: stream_states.States | None,
    name: str,
) -> keras.KerasTensor:
    """[B, t, C] -> [B, t or 1, C or 2 C]."""
    if style.squeeze == "2d":
        return features
    whole = _over_time(features, style, states, name)
    if style.squeeze == "3d":
        return whole
    if not style.causal:
        whole = ops.tile(whole, (1, features.shape[1], 1))
    return ops.concatenate([whole, ops.cast(features, whole.dtype)], axis=-1)


def _over_time(
    features: keras.KerasTensor,
    style: movinet_settings.Style,
    states: stream_states.States | None,
    name: str,
) -> keras.KerasTensor:
    if not style.causal:
        return ops.mean(features, axis=1, keepdims=True)
    mean = cumulative_mean.CumulativeMean(name=f"{name}_mean")
    if states is None:
        return mean(features)[0]
    state = f"state_{name}_total"
    total = states.total(state, features.shape[-1])
    whole, states.after[state] = mean(features, total, states.frames())
    return whole


def _between_0_and_1(
    x: keras.KerasTensor, style: movinet_settings.Style
) -> keras.KerasTensor:
    if style.activation == "swish":
        return ops.sigmoid(x)
    # Not exactly 1 / 6: the value of the released networks.
    return ops.relu6(x + 3.0) * 0.16667


def activate(
    x: keras.KerasTensor, activation: str, name: str
) -> keras.KerasTensor:
    """Swish, or its piecewise linear approximation hard_swish."""
    kind = _KERAS_NAMES[activation]
    return keras.layers.Activation(kind, name=f"{name}_{kind}")(x)
