"""Every moment looks at every other: a transformer over time."""

import dataclasses

import keras

from tfrecords_tools.base import settings
from video_models.layers import positions, randomness


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of the transformer."""

    layers: int = settings.setting(2, "Transformer layers.", minimum=1)
    heads: int = settings.setting(
        4, "Attention heads; the features are divided among them.", minimum=1
    )
    widening: int = settings.setting(
        4, "Hidden units of the MLP, as a multiple of the features.", minimum=1
    )
    dropout: float = settings.setting(
        0.1,
        "Share of values dropped after attention and MLP in training.",
        minimum=0.0,
        maximum=0.9,
    )


TINY = Config(layers=1, heads=2, widening=2)


def build(config: Config, shape: tuple[int, int]) -> keras.Model:
    """Mixes the moments of a clip.

    Source: arXiv:1706.03762, normalised before each part as in
    arXiv:2010.11929. Differs: the features are normalised before positions of
    the same scale are added (see `layers.positions`).

    Args:
        config: layers, heads, widening, dropout.
        shape: `(t, C)` of the features.

    Returns:
        [B, t, C] -> [B, t, C].
    """
    features = keras.Input(shape, name="features")
    x = _normalize(features, "norm_features")
    x = positions.AddPositions(name="positions")(x)
    for number in range(1, config.layers + 1):
        x = _attend(x, config, f"attention{number}")
        x = _think(x, config, f"mlp{number}")
    return keras.Model(features, _normalize(x, "norm"), name="attention")


def _attend(
    x: keras.KerasTensor, config: Config, name: str
) -> keras.KerasTensor:
    y = _normalize(x, f"{name}_norm")
    y = keras.layers.MultiHeadAttention(
        config.heads, max(1, x.shape[-1] // config.heads), name=name
    )(y, y)
    return x + randomness.Dropout(config.dropout, name=f"{name}_dropout")(y)


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
