"""Computes spectrograms whose columns are aligned with the frames.

The window of column k is centred on the samples [k * hop, (k + 1) * hop).
Windows that extend beyond the cut are padded with silence, so that columns
depend on the cut only.
"""

import math
from collections.abc import Callable

import tensorflow as tf

from pipelines.audio import (
    audio_cut,
    audio_mel,
    audio_settings,
    tensorflow_io_audio,
    whisper_mel,
)
from tfrecords_tools.base import errors


def build(
    config: audio_settings.Config, grid: audio_cut.Grid
) -> Callable[[tf.Tensor], tf.Tensor]:
    """Builds the spectrogram, log-mel spectrogram, MFCC or Whisper's columns.

    Amplitudes are unscaled, with a periodic Hann window and a Fourier
    transform of the next power of two. Mel bins (HTK's formula) sum
    amplitudes, not powers, as in VGGish (arXiv:1609.09430). MFCC are HTK's,
    computed from decibels, which makes them 8.7 times as large.
    `whisper_mel` says what Whisper's columns are.

    Returns:
        A function (float32 [samples]) -> float32 [columns, bins].

    Raises:
        UserError: the audio lacks the requested frequencies, or a bin has
            none.
    """
    if config.features == "whisper_mel":
        return whisper_mel.columns
    window, length = _window(config, grid)
    lowest, highest = _frequencies(config, grid.rate)
    before = (window - grid.hop) // 2
    spectrogram = tensorflow_io_audio.load().spectrogram

    def amplitudes(cut: tf.Tensor) -> tf.Tensor:
        padded = tf.pad(cut, [[before, 0]])
        # The op pads the end itself, which adds columns.
        columns = spectrogram(padded, length, window, grid.hop)
        return columns[: grid.columns]

    if config.features == "spectrogram":
        kept = _kept(config, lowest, highest, grid.rate / length)
        return lambda cut: amplitudes(cut)[:, kept]
    weights = audio_mel.weights(config, grid.rate, length, lowest, highest)

    def log_mel(cut: tf.Tensor) -> tf.Tensor:
        heard = amplitudes(cut) @ weights
        return audio_mel.decibels(heard, config.top_decibels)

    def mfcc(cut: tf.Tensor) -> tf.Tensor:
        every = tf.signal.mfccs_from_log_mel_spectrograms(log_mel(cut))
        return every[:, : config.coefficients]

    return {"log_mel": log_mel, "mfcc": mfcc}[config.features]


def count_bins(config: audio_settings.Config, rate: int) -> int:
    """Returns the values of a column of a spectrogram or MFCC.

    Args:
        config: features in columns.
        rate: samples per second.

    Raises:
        UserError: see `build`.
    """
    if config.features == "mfcc":
        return config.coefficients
    if config.features == "log_mel":
        return config.bins
    if config.features == "whisper_mel":
        return whisper_mel.BINS
    hop = audio_cut.hop_samples(config.hop_ms, rate)
    _, length = _window(config, audio_cut.Grid(rate, 1, hop))
    kept = _kept(config, *_frequencies(config, rate), rate / length)
    return kept.stop - kept.start


def _window(
    config: audio_settings.Config, grid: audio_cut.Grid
) -> tuple[int, int]:
    """Lengths of the window and of the Fourier transform, samples."""
    window = max(grid.hop, round(config.window_ms * grid.rate / 1000))
    return window, 1 << (window - 1).bit_length()


def _frequencies(
    config: audio_settings.Config, rate: int
) -> tuple[float, float]:
    highest = config.highest_hertz or rate / 2
    if highest > rate / 2:
        raise errors.UserError(
            f"--audio.highest_hertz={highest}: the audio of the shards, {rate} "
            f"samples per second, reaches {rate / 2}: wanted at most that"
        )
    if config.lowest_hertz >= highest:
        raise errors.UserError(
            f"--audio.lowest_hertz={config.lowest_hertz}: wanted less than "
            f"the highest frequency, {highest}"
        )
    return config.lowest_hertz, highest


def _kept(
    config: audio_settings.Config, lowest: float, highest: float, step: float
) -> slice:
    """Selects from the frequencies 0, step, 2 * step ..."""
    first, last = math.ceil(lowest / step), int(highest / step)
    if first > last:
        raise errors.UserError(
            f"windows of {config.window_ms} ms resolve multiples of "
            f"{step:.0f} Hz, none of them from {lowest} to {highest} Hz: "
            "wanted a wider range or a longer --audio.window_ms"
        )
    return slice(first, last + 1)
