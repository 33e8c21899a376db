"""Whisper's columns, beside its definition written out in NumPy."""

import functools

import numpy as np
import pytest
import tensorflow as tf

from pipelines.audio import whisper_mel
from tests import run_modes
from tests.pipelines.heard import SECOND, audio, entries, tone
from tfrecords_tools.base import errors

NOISE = np.random.default_rng(0).normal(0, 0.1, 3200).astype(np.float32)


def slaney(hertz):
    """Mels of the Auditory Toolbox."""
    hertz = np.asarray(hertz, float)
    above = 15.0 + np.log(np.maximum(hertz, 1.0) / 1000.0) * 27.0 / np.log(6.4)
    return np.where(hertz < 1000.0, 3.0 * hertz / 200.0, above)


@functools.cache
def filters():
    """[201, 80], each bin by itself; its edges looked up in a table."""
    found = np.zeros((201, 80))
    grid = np.linspace(0, 8000, 800_001)
    edges = np.interp(np.linspace(0, slaney(8000), 82), slaney(grid), grid)
    for bin in range(80):
        low, middle, high = edges[bin : bin + 3]
        for line in range(201):
            hertz = line * 40.0
            if low < hertz <= middle:
                found[line, bin] = (hertz - low) / (middle - low)
            elif middle < hertz < high:
                found[line, bin] = (high - hertz) / (high - middle)
        found[:, bin] *= 2.0 / (high - low)
    return found


def defined(waveform):
    """Column by column, with the sums of the Fourier transform."""
    mirrored = np.pad(waveform.astype(float), 200, mode="reflect")
    times = np.arange(400)
    window = 0.5 * (1 - np.cos(2 * np.pi * times / 400))
    waves = np.exp(-2j * np.pi * np.outer(np.arange(201), times) / 400)
    columns = []
    for start in range(0, len(waveform), 160):
        heard = waves @ (window * mirrored[start : start + 400])
        columns.append(np.abs(heard) ** 2 @ filters())
    logs = np.log10(np.maximum(columns, 1e-10))
    return (np.maximum(logs, logs.max() - 8.0) + 4.0) / 4.0


def test_columns_are_those_of_the_definition():
    found = whisper_mel.columns(tf.constant(NOISE)).numpy()
    np.testing.assert_allclose(found, defined(NOISE), atol=1e-4)


def test_what_is_8_decades_weaker_than_the_loudest_is_raised():
    waves = np.concatenate([NOISE[:1600], np.zeros(1600, np.float32)])
    found = whisper_mel.columns(tf.constant(waves)).numpy()
    np.testing.assert_allclose(found, defined(waves), atol=1e-4)
    assert found.min() == pytest.approx(found.max() - 2.0, abs=1e-5)


@run_modes.both
def test_a_clip_is_padded_to_30_seconds(run):
    given = audio(tone(1000, 2.0), span=(0, 2 * SECOND))
    found = entries(run, given, features="whisper_mel")["spectrogram"]
    assert found.shape == (3000, 80)
    heard = found.max(axis=1) > found.min()
    assert heard[:100].all() and not heard[102:].any()


def test_another_rate_is_refused():
    with pytest.raises(errors.UserError, match="44100 samples.*audio.rate"):
        whisper_mel.grid(44_100, 1.0)


def test_more_than_30_seconds_are_refused():
    with pytest.raises(errors.UserError, match="clips of 31 s: wanted"):
        whisper_mel.grid(16_000, 31.0)
