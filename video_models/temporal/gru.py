"""Gated recurrent units over time."""

import keras

from video_models.layers.time import recurrence

Config = recurrence.Config
TINY = Config(units=8, bidirectional=True)
TINY_STREAM = Config(layers=2, units=8)


def build(config: Config, shape: tuple[int, int]) -> keras.Model:
    """Builds [B, t, C] -> [B, t, units], or 2 * units if bidirectional.

    Source: arXiv:1406.1078, as in `keras.layers.GRU`.
    """
    return recurrence.stack(keras.layers.GRU, shape, config)


def build_stream(config: Config, shape: tuple[int, int]) -> keras.Model:
    """Builds the same network for a stream; see `recurrence.stream`."""
    return recurrence.stream(keras.layers.GRU, ("h",), shape, config)
