import numpy as np
import pytest

from pipelines import batch
from tfrecords_tools.base import errors
from video_models.families.audio import audio_inputs

WAVEFORM = batch.AudioSpec("waveform", rate=8000, samples=6)


def test_input_has_the_name_and_shape_of_its_entry():
    found = audio_inputs.build(WAVEFORM, ("waveform",), "any")
    assert found.name == "waveform" and found.shape == (None, 6)


def test_other_features_are_refused():
    message = "--audio_backbone=any got --audio.features=waveform: wanted "
    with pytest.raises(errors.UserError, match=message + ".*mfcc or log_mel"):
        audio_inputs.build(WAVEFORM, ("mfcc", "log_mel"), "any")


def test_standardized_audio_has_neither_units_nor_loudness():
    clip = np.random.default_rng(0).normal(size=(2, 8, 4)).astype(np.float32)
    found = np.array(audio_inputs.standardize(clip))
    np.testing.assert_allclose(found.mean((1, 2)), 0, atol=1e-5)
    np.testing.assert_allclose(found.std((1, 2)), 1, atol=1e-4)
    again = np.array(audio_inputs.standardize(7 * clip - 3))
    np.testing.assert_allclose(again, found, atol=1e-4)


def test_silence_is_0():
    silence = np.full((1, 8, 4), -100, np.float32)
    assert not np.any(audio_inputs.standardize(silence))
