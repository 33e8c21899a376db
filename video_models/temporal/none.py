"""Leaves the features as they are; the head sees a bag of frames."""

import dataclasses

import keras


@dataclasses.dataclass(frozen=True)
class Config:
    """There is nothing to set."""


TINY = Config()


def build(config: Config, shape: tuple[int, int]) -> keras.Model:
    """[B, t, C] -> the same."""
    features, same = _same(config, shape)
    return keras.Model(features, same, name="none")


def build_stream(config: Config, shape: tuple[int, int]) -> keras.Model:
    """{"features": [B, n, C]} -> the same; there are no states."""
    features, same = _same(config, shape)
    return keras.Model({"features": features}, {"features": same}, name="none")


def _same(
    config: Config, shape: tuple[int, int]
) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    del config
    features = keras.Input(shape, name="features")
    return features, keras.layers.Identity(name="same")(features)
