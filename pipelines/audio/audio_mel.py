"""Amplitudes of frequencies as the ear divides and weighs them."""

import math

import numpy as np
import tensorflow as tf

from pipelines.audio import audio_settings, tensorflow_io_audio
from tfrecords_tools.base import errors

_DECIBELS = 20 / math.log(10)
_LEAST = 1e-5  # Amplitude that counts as silence: -100 decibels.


def weights(
    config: audio_settings.Config,
    rate: int,
    length: int,
    lowest: float,
    highest: float,
) -> np.ndarray:
    """How much of each frequency belongs to each mel bin (HTK's formula).

    Args:
        config: says how many bins.
        rate: samples a second.
        length: samples of the Fourier transform.
        lowest: where the first bin begins, Hz.
        highest: where the last one ends, Hz.

    Returns:
        float32 [length // 2 + 1, bins].

    Raises:
        UserError: some bin would always be silent.
    """
    # Called for each clip, melscale gives in tf.data other last bits than
    # eagerly, and costs 0.1 ms.
    with tf.init_scope():
        every = tf.eye(length // 2 + 1)
        melscale = tensorflow_io_audio.load().melscale
        made = melscale(every, rate, config.bins, lowest, highest).numpy()
    empty = np.count_nonzero(~made.any(axis=0))
    if empty:
        raise errors.UserError(
            f"--audio.bins={config.bins}: {empty} of them would stay empty, "
            f"since windows of {config.window_ms} ms do not tell such near "
            "frequencies apart: wanted fewer bins, a wider range or a longer "
            "--audio.window_ms"
        )
    return made


def decibels(amplitudes: tf.Tensor, top: float) -> tf.Tensor:
    """What `tfio.audio.dbscale` gives, but with the same bits in tf.data.

    Args:
        amplitudes: float32, of one clip.
        top: what is weaker than the loudest by more is raised to that.

    Returns:
        float32 of the same shape, at least -100.
    """
    found = _DECIBELS * tf.math.log(tf.maximum(amplitudes, _LEAST))
    return tf.maximum(found, tf.reduce_max(found) - top)
