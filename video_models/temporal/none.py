"""No temporal block: the features stay unchanged."""

import dataclasses

import keras


@dataclasses.dataclass(frozen=True)
class Config:
    """No settings."""


TINY = Config()


def build(config: Config, shape: tuple[int, int]) -> keras.Model:
    """Builds the identity, [B, t, C] -> [B, t, C]."""
    features, same = _same(config, shape)
    return keras.Model(features, same, name="none")


def build_stream(config: Config, shape: tuple[int, int]) -> keras.Model:
    """Builds the identity, {"features": [B, n, C]}, without states."""
    features, same = _same(config, shape)
    return keras.Model({"features": features}, {"features": same}, name="none")


def _same(
    config: Config, shape: tuple[int, int]
) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    del config
    features = keras.Input(shape, name="features")
    return features, keras.layers.Identity(name="same")(features)
