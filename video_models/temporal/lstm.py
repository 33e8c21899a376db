"""Reads the moments in order, with long short-term memory."""

import keras

from video_models.layers import recurrence

Config = recurrence.Config
TINY = Config(units=8, bidirectional=True)


def build(config: Config, shape: tuple[int, int]) -> keras.Model:
    """[B, t, C] -> [B, t, units], twice as many in two directions.

    Source: arXiv:1402.1128, as in `keras.layers.LSTM`.
    """
    return recurrence.stack(keras.layers.LSTM, shape, config)
