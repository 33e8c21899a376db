"""The same bits with TensorFlow I/O and without it."""

import sys

import numpy as np
import pytest
import tensorflow as tf

from pipelines.audio import signal_audio, tensorflow_io_audio
from tests import run_modes

NOISE = np.random.default_rng(0).normal(0, 0.1, 16_000).astype(np.float32)


@pytest.fixture
def theirs():
    pytest.importorskip("tensorflow_io")
    return tensorflow_io_audio.load()


@run_modes.both
def test_spectrogram_has_the_bits_of_tensorflow_io(run, theirs):
    own, other = (
        run(lambda x, audio=audio: audio.spectrogram(x, 512, 400, 160), NOISE)
        for audio in (signal_audio, theirs)
    )
    assert own.numpy().tobytes() == other.numpy().tobytes()


@run_modes.both
@pytest.mark.parametrize("lowest, highest", [(20.0, 8000.0), (300.0, 3400.0)])
def test_melscale_has_the_bits_of_tensorflow_io(run, lowest, highest, theirs):
    every = np.eye(257, dtype=np.float32)
    own, other = (
        run(
            lambda x, audio=audio: audio.melscale(
                x, 16_000, 40, lowest, highest
            ),
            every,
        )
        for audio in (signal_audio, theirs)
    )
    assert own.numpy().tobytes() == other.numpy().tobytes()


def test_without_tensorflow_io_our_own_are_taken(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow_io", None)
    assert tensorflow_io_audio.load.__wrapped__() is signal_audio


def test_both_have_the_same_shape_on_a_short_cut():
    found = signal_audio.spectrogram(tf.zeros([10]), 512, 400, 160)
    assert found.shape == (1, 257)
