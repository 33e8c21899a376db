"""Log-mel columns as Whisper's public weights expect them.

Source: arXiv:2212.04356 and `log_mel_spectrogram` of its code. Column k is
centred on sample k * 160, 5 ms before the middle of our other columns; the
window has 400 samples, and the audio is mirrored at both ends.
"""

import math

import numpy as np
import tensorflow as tf

from pipelines.audio import audio_cut
from tfrecords_tools.base import errors

RATE = 16_000  # Samples per second.
SECONDS = 30
BINS = 80
_WINDOW, _HOP = 400, 160
_LEAST = 1e-10  # Power whose logarithm is -10.


def grid(rate: int, seconds: float) -> audio_cut.Grid:
    """Returns the columns of 30 seconds.

    Args:
        rate: samples per second of the shards.
        seconds: length of the clip's audio.

    Raises:
        UserError: another rate, or longer audio.
    """
    if rate != RATE:
        raise errors.UserError(
            f"--audio.features=whisper_mel got shards with {rate:g} samples "
            f"per second: wanted {RATE}: build them again with "
            f"tfrecords_tools.build_shards --audio.rate={RATE}"
        )
    if seconds > SECONDS:
        raise errors.UserError(
            f"--audio.features=whisper_mel got clips of {seconds:g} s: wanted "
            f"at most {SECONDS}: lower --audio.seconds"
        )
    return audio_cut.Grid(RATE, SECONDS * RATE, _HOP)


def columns(waveform: tf.Tensor) -> tf.Tensor:
    """Decadic logarithms of mel powers, at most 8 below the highest, scaled.

    Args:
        waveform: float32 [samples], a multiple of 160, at least 201.

    Returns:
        float32 [samples / 160, 80], (x + 4) / 4 of each logarithm x.
    """
    half = _WINDOW // 2
    padded = tf.pad(waveform, [[half, half]], mode="REFLECT")
    fourier = tf.signal.stft(padded, _WINDOW, _HOP, fft_length=_WINDOW)
    # One column more than the hops, as windows reach to both ends.
    power = tf.square(tf.abs(fourier[:-1]))
    mel = tf.maximum(power @ weights(), _LEAST)
    logarithms = tf.math.log(mel) / math.log(10)
    floor = tf.reduce_max(logarithms) - 8.0
    return (tf.maximum(logarithms, floor) + 4.0) / 4.0


def weights() -> np.ndarray:
    """Weights of each frequency in each of 80 mel bins, up to 8,000 Hz.

    Triangles of equal area whose edges are equally far apart on the scale of
    Slaney's Auditory Toolbox (1998): linear below 1,000 Hz, logarithmic above.

    Returns:
        float32 [201, 80].
    """
    edges = _hertz(np.linspace(0.0, _mel(RATE / 2), BINS + 2))
    frequencies = np.arange(_WINDOW // 2 + 1) * RATE / _WINDOW
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    rise = (frequencies[:, None] - low) / (middle - low)
    fall = (high - frequencies[:, None]) / (high - middle)
    triangles = np.maximum(0.0, np.minimum(rise, fall))
    return np.float32(triangles * 2.0 / (high - low))


# 200/3 Hz per mel up to 1,000 Hz, which are 15; then 27 to a factor of 6.4.
def _mel(hertz: float) -> float:
    return 15 + 27 * math.log(hertz / 1000) / math.log(6.4)


def _hertz(mel: np.ndarray) -> np.ndarray:
    curved = 1000 * 6.4 ** ((mel - 15) / 27)
    return np.where(mel < 15, mel * 200 / 3, curved)
