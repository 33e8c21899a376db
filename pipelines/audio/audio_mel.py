"""Mel weights and decibels."""

import math

import numpy as np
import tensorflow as tf

from pipelines.audio import audio_settings, tensorflow_io_audio
from tfrecords_tools.base import errors

_DECIBELS = 20 / math.log(10)
_SILENCE = 1e-5  # Smallest amplitude: -100 decibels.


def weights(
    config: audio_settings.Config,
    rate: int,
    length: int,
    lowest: float,
    highest: float,
) -> np.ndarray:
    """Weights of each frequency in each mel bin (HTK's formula).

    Args:
        config: has the number of bins.
        rate: samples per second.
        length: of the Fourier transform, samples.
        lowest: lower edge of the first bin, Hz.
        highest: upper edge of the last bin, Hz.

    Returns:
        float32 [length // 2 + 1, bins].

    Raises:
        UserError: some bins contain no frequency.
    """
    # Called per clip, melscale costs 0.1 ms, and its last bits differ between
    # tf.data and eager execution.
    with tf.init_scope():
        every = tf.eye(length // 2 + 1)
        melscale = tensorflow_io_audio.load().melscale
        matrix = melscale(every, rate, config.bins, lowest, highest).numpy()
    empty = np.count_nonzero(~matrix.any(axis=0))
    if empty:
        raise errors.UserError(
            f"--audio.bins={config.bins}: {empty} of them would stay empty, "
            f"since windows of {config.window_ms} ms do not resolve such close "
            "frequencies: wanted fewer bins, a wider range or a longer "
            "--audio.window_ms"
        )
    return matrix


def decibels(amplitudes: tf.Tensor, top: float) -> tf.Tensor:
    """Decibels like `tfio.audio.dbscale`, with equal bits in tf.data.

    Args:
        amplitudes: float32, of one clip.
        top: dynamic range; weaker values are raised to the maximum minus it.

    Returns:
        float32 of the same shape, at least -100.
    """
    values = _DECIBELS * tf.math.log(tf.maximum(amplitudes, _SILENCE))
    return tf.maximum(values, tf.reduce_max(values) - top)
