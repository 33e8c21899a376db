import pytest

from pipelines.audio import sound_settings
from tfrecords_tools.base import errors


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"hop_ms": 30.0}, "leaves out sound between windows of 25.0 ms"),
        (
            {"features": "mfcc", "bins": 12},
            "coefficients=13 of 12 bins: wanted at most",
        ),
        ({"time_masks": 1}, "time_masks=1 hides parts of a spectrogram"),
        (
            {"frequency_masks": 2, "features": "waveform"},
            "features=waveform is none: wanted one of spectrogram",
        ),
    ],
)
def test_settings_that_do_not_fit_together_are_refused(settings, message):
    with pytest.raises(errors.UserError, match=message):
        sound_settings.Config(**settings)


@pytest.mark.parametrize("features", ["spectrogram", "log_mel", "mfcc"])
def test_columns_may_be_hidden(features):
    config = sound_settings.Config(features=features, time_masks=1)
    assert config.in_columns and config.wanted


@pytest.mark.parametrize(
    "settings, wanted",
    [({}, False), ({"voice": True}, True), ({"features": "waveform"}, True)],
)
def test_sound_is_wanted_for_itself_or_for_its_voice(settings, wanted):
    assert sound_settings.Config(**settings).wanted == wanted
