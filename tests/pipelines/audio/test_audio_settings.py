import pytest

from pipelines.audio import audio_settings
from tfrecords_tools.base import errors


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"hop_ms": 30.0}, "leaves out audio between windows of 25.0 ms"),
        (
            {"features": "mfcc", "bins": 12},
            "coefficients=13 of 12 bins: wanted at most",
        ),
        ({"time_masks": 1}, "time_masks=1 with --audio.features=none"),
        (
            {"frequency_masks": 2, "features": "waveform"},
            "features=waveform, which is no spectrogram: wanted one of",
        ),
    ],
)
def test_settings_that_do_not_fit_together_are_refused(settings, message):
    with pytest.raises(errors.UserError, match=message):
        audio_settings.Config(**settings)


@pytest.mark.parametrize("features", ["spectrogram", "log_mel", "mfcc"])
def test_columns_may_be_hidden(features):
    config = audio_settings.Config(features=features, time_masks=1)
    assert config.in_columns and config.is_used


@pytest.mark.parametrize(
    "settings, is_used",
    [({}, False), ({"voice": True}, True), ({"features": "waveform"}, True)],
)
def test_audio_is_used_for_its_features_or_its_voice(settings, is_used):
    assert audio_settings.Config(**settings).is_used == is_used
