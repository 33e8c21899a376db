"""Reads the moments in order, with gated recurrent units."""

import dataclasses

import keras

from tfrecords_tools.base import settings
from video_models.layers import recurrence


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of the recurrent layers."""

    layers: int = settings.setting(1, "Layers, one above the other.", minimum=1)
    units: int = settings.setting(
        128, "Length of the state in one direction.", minimum=1
    )
    bidirectional: bool = settings.setting(
        False, "Whether the clip is also read backwards."
    )
    dropout: float = settings.setting(
        0.1,
        "Share of features dropped before every layer in training.",
        minimum=0.0,
        maximum=0.9,
    )


TINY = Config(units=8, bidirectional=True)


def build(config: Config, shape: tuple[int, int]) -> keras.Model:
    """[B, t, C] -> [B, t, units], twice as many in two directions.

    Source: arXiv:1406.1078, as in `keras.layers.GRU`.
    """
    return recurrence.stack(
        keras.layers.GRU,
        shape,
        config.layers,
        config.units,
        config.bidirectional,
        config.dropout,
    )
