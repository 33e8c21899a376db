"""The choice of normalisation inside a backbone."""

import math

import keras

KINDS = ("batch", "sync_batch", "layer", "group", "none")
HELP = (
    "Normalisation: batch; sync_batch, over all replicas; layer, over "
    "channels; group, over 32 groups of channels or as many as divide them; "
    "none."
)


def build(kind: str, channels: int, name: str) -> keras.layers.Layer:
    """A layer for [..., channels]; batch has torchvision's constants."""
    if kind in ("batch", "sync_batch"):
        return keras.layers.BatchNormalization(
            momentum=0.9,
            epsilon=1e-5,
            synchronized=kind == "sync_batch",
            name=name,
        )
    if kind == "layer":
        return keras.layers.LayerNormalization(epsilon=1e-6, name=name)
    if kind == "group":
        groups = math.gcd(32, channels)
        return keras.layers.GroupNormalization(groups, epsilon=1e-5, name=name)
    return keras.layers.Identity(name=name)


def is_synchronized(network: keras.Model) -> bool:
    """Whether a forward pass gathers across replicas, which forbids XLA."""
    return any(
        is_synchronized(layer)
        if isinstance(layer, keras.Model)
        else getattr(layer, "synchronized", False)
        for layer in network.layers
    )
