import pytest

from pipelines.audio import audio_mel, audio_settings
from tfrecords_tools.base import errors


def weights(bins):
    config = audio_settings.Config(bins=bins)
    return audio_mel.weights(config, 16_000, 512, 0.0, 8000.0)


def test_every_bin_has_a_frequency():
    found = weights(40)
    assert found.shape == (257, 40) and found.any(axis=0).all()


def test_bins_without_a_frequency_are_refused():
    with pytest.raises(errors.UserError, match="would stay empty"):
        weights(200)
