"""Normalisation layers by name."""

import math

import keras

from video_models.layers import batch_normalization

KINDS = ("batch", "sync_batch", "layer", "group", "none")
HELP = (
    "Normalisation: batch; sync_batch, over all replicas; layer, over "
    "channels; group, over 32 groups of channels or as many as divide them; "
    "none."
)


def build(
    kind: str,
    channels: int,
    name: str,
    epsilon: float = 1e-5,
    momentum: float = 0.9,
) -> keras.layers.Layer:
    """Builds a normalisation layer for [..., channels].

    Args:
        kind: one of `KINDS`.
        channels: length of the last axis.
        name: of the layer.
        epsilon: epsilon of batch and sync_batch; torchvision's by default.
        momentum: momentum of their moving averages; torchvision's by default.
    """
    if kind in ("batch", "sync_batch"):
        return batch_normalization.BatchNormalization(
            momentum=momentum,
            epsilon=epsilon,
            synchronized=kind == "sync_batch",
            name=name,
        )
    if kind == "layer":
        return keras.layers.LayerNormalization(epsilon=1e-6, name=name)
    if kind == "group":
        groups = math.gcd(32, channels)
        return keras.layers.GroupNormalization(groups, epsilon=1e-5, name=name)
    return keras.layers.Identity(name=name)


def normalize_relu(
    x: keras.KerasTensor, norm: str, name: str
) -> keras.KerasTensor:
    """Normalisation and ReLU after the convolution `name`."""
    x = build(norm, x.shape[-1], f"{name}_norm")(x)
    return keras.layers.ReLU(name=f"{name}_relu")(x)


def is_synchronized(network: keras.Model) -> bool:
    """Whether a forward pass gathers across replicas, which XLA cannot do."""
    return any(
        is_synchronized(layer)
        if isinstance(layer, keras.Model)
        else getattr(layer, "synchronized", False)
        for layer in network.layers
    )
