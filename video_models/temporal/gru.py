"""Reads the moments in order, with gated recurrent units."""

import keras

from video_models.layers import recurrence

Config = recurrence.Config
TINY = Config(units=8, bidirectional=True)


def build(config: Config, shape: tuple[int, int]) -> keras.Model:
    """[B, t, C] -> [B, t, units], twice as many in two directions.

    Source: arXiv:1406.1078, as in `keras.layers.GRU`.
    """
    return recurrence.stack(keras.layers.GRU, shape, config)
