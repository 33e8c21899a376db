import math

import numpy as np
import pytest
import tensorflow as tf

from pipelines.audio import (
    audio_columns,
    audio_cut,
    audio_features,
    audio_mel,
    tensorflow_io_audio,
)
from tests import run_modes
from tests.pipelines.heard import RATE, audio, entries, tone, two_tones
from tfrecords_tools.base import errors

KINDS = ("spectrogram", "log_mel", "mfcc")
GRID = audio_cut.Grid(RATE, samples=RATE, hop=160)
NOISE = np.random.default_rng(0).normal(0, 0.1, RATE).astype(np.float32)


def columns(waveform, grid=GRID, **config):
    config = audio_features.Config(**config)
    return audio_columns.build(config, grid)(tf.constant(waveform)).numpy()


def changed(found):
    """The first column that is more like the last than like the first."""
    near, far = (np.abs(found - found[i]).sum(1) for i in (9, -9))
    return int(np.flatnonzero(near > far)[0])


@run_modes.both
@pytest.mark.parametrize("features", KINDS)
@pytest.mark.parametrize("change", [0.2, 0.503, 0.8])
def test_columns_change_when_the_tone_does(run, features, change):
    given = audio(two_tones(change, 1.0))
    found = entries(run, given, features=features)["spectrogram"]
    assert changed(found) == pytest.approx(change / 0.01, abs=1)


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000])
@pytest.mark.parametrize("window_ms", [10.0, 25.0, 64.0])
def test_columns_change_when_the_tone_does_at_any_rate(rate, window_ms):
    hop = round(0.01 * rate)
    grid = audio_cut.Grid(rate, samples=rate, hop=hop)
    waves = two_tones(0.5, 1.0, rate)
    found = columns(waves, grid, features="spectrogram", window_ms=window_ms)
    assert changed(found) == pytest.approx(0.5 * rate / hop, abs=1)


def test_a_click_is_loudest_in_its_column():
    waves = np.zeros(RATE, np.float32)
    waves[4_321] = 1.0
    assert columns(waves, features="spectrogram").sum(1).argmax() == 27


@pytest.mark.parametrize("samples", [1, 159, 160, 161, 20_800])
def test_every_sample_has_a_column(samples):
    grid = audio_cut.Grid(RATE, samples, hop=160)
    found = columns(np.ones(samples, np.float32), grid, features="log_mel")
    assert found.shape == (math.ceil(samples / 160), 64)


@pytest.mark.parametrize("hertz", [300, 1000, 5000])
def test_a_tone_is_highest_at_its_frequency(hertz):
    found = columns(tone(hertz, 1.0), features="spectrogram", lowest_hertz=0.0)
    assert found[50].argmax() * RATE / 512 == pytest.approx(hertz, abs=16)


def test_spectrogram_is_that_of_the_definition():
    found = columns(NOISE, features="spectrogram", lowest_hertz=0.0)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 400)
    begin = 50 * 160 - 120
    heard = NOISE[begin : begin + 400] * window
    wanted = np.abs(np.fft.rfft(heard, 512))
    np.testing.assert_allclose(found[50], wanted, rtol=1e-4, atol=1e-4)


def test_spectrogram_is_that_of_tf_signal():
    found = columns(NOISE, features="spectrogram", lowest_hertz=0.0)
    padded = np.pad(NOISE, (120, 120))
    wanted = tf.abs(tf.signal.stft(padded, 400, 160))
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-5)


def test_spectrogram_leaves_out_what_is_not_wanted():
    whole = columns(NOISE, features="spectrogram", lowest_hertz=0.0)
    band = {"lowest_hertz": 1000.0, "highest_hertz": 2000.0}
    found = columns(NOISE, features="spectrogram", **band)
    assert np.array_equal(found, whole[:, 32:65])


def mel_weights(bins, rate, length, lowest, highest):
    """Triangles between points equally far apart in mel, HTK Book 5.4."""

    def mel(hertz):
        return 2595 * np.log10(1 + np.asarray(hertz) / 700)

    edges = np.linspace(mel(lowest), mel(highest), bins + 2)
    places = mel(np.arange(length // 2 + 1) * rate / length)
    weights = np.zeros((len(places), bins))
    for bin in range(bins):
        low, middle, high = edges[bin : bin + 3]
        rise = (places - low) / (middle - low)
        fall = (high - places) / (high - middle)
        weights[:, bin] = np.maximum(0, np.minimum(rise, fall))
    return weights


@pytest.mark.parametrize(
    "bins, lowest, highest", [(64, 20, 8000), (20, 300, 3400)]
)
def test_mel_bins_are_those_of_the_formula(bins, lowest, highest):
    config = audio_features.Config(bins=bins)
    found = audio_mel.weights(config, RATE, 512, lowest, highest)
    wanted = mel_weights(bins, RATE, 512, lowest, highest)
    np.testing.assert_allclose(found, wanted, atol=1e-4)


def test_log_mel_is_that_of_tensorflow_io():
    found = columns(NOISE, features="log_mel")
    amplitudes = columns(NOISE, features="spectrogram", lowest_hertz=0.0)
    pytest.importorskip("tensorflow_io")
    audio = tensorflow_io_audio.load()
    mel = audio.melscale(tf.constant(amplitudes), RATE, 64, 20.0, 8000.0)
    np.testing.assert_allclose(found, audio.dbscale(mel, 80.0), atol=1e-4)


def test_ten_times_the_amplitude_is_20_decibels():
    quiet, loud = (columns(a * NOISE, features="log_mel") for a in (0.1, 1.0))
    np.testing.assert_allclose(loud - quiet, 20, atol=1e-3)


def test_what_is_much_weaker_than_the_loudest_is_raised():
    waves = np.concatenate([tone(1000, 0.5), np.zeros(RATE // 2, np.float32)])
    found = columns(waves, features="log_mel", top_decibels=40.0)
    assert found.min() == pytest.approx(found.max() - 40, abs=1e-4)


def test_mfcc_are_the_cosine_transform_of_log_mel():
    log_mel = columns(NOISE, features="log_mel", bins=40)
    found = columns(NOISE, features="mfcc", bins=40, coefficients=20)
    order, place = np.arange(20)[:, None], np.arange(40) + 0.5
    basis = np.sqrt(2 / 40) * np.cos(np.pi * order * place / 40)
    np.testing.assert_allclose(found, log_mel @ basis.T, atol=1e-2)


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"highest_hertz": 9000.0}, "reaches 8000"),
        ({"lowest_hertz": 8000.0}, "less than the highest"),
    ],
)
def test_frequencies_that_do_not_fit_are_told(settings, message):
    with pytest.raises(errors.UserError, match=message):
        columns(NOISE, features="log_mel", **settings)


def test_band_between_two_frequencies_is_told():
    band = {"lowest_hertz": 1001.0, "highest_hertz": 1002.0}
    with pytest.raises(errors.UserError, match="multiples of 31 Hz"):
        columns(NOISE, features="spectrogram", **band)
