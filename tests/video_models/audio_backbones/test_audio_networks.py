import numpy as np
import pytest

from launch.model_summary import network_graph
from pipelines import batch
from tfrecords_tools.base import errors
from video_models.audio_backbones import (
    spectrogram_conv,
    spectrogram_vit,
    waveform_conv,
)


def log_mel(columns, bins):
    return batch.AudioSpec(
        "log_mel", 16_000, 160 * columns, columns, bins, hop=160
    )


def places(module, config, audio):
    """`(t, f)` of the volume, and how many weights are trained."""
    network = network_graph.without_weights(lambda: module.build(config, audio))
    _, t, _, f, _ = network.output["volume"].shape
    return (t, f), sum(np.prod(w.shape) for w in network.trainable_variables)


def test_spectrogram_conv_keeps_every_column():
    config = spectrogram_conv.Config(widths=(2, 3, 4), features=5)
    found, _ = places(spectrogram_conv, config, log_mel(37, 21))
    assert found == (37, 1)


@pytest.mark.parametrize(
    "stride, columns, bins, wanted",
    [
        (16, 800, 128, (50, 8)),  # MBT's 8 seconds.
        (16, 300, 64, (19, 4)),
        (10, 1026, 126, (102, 12)),
        (16, 7, 5, (1, 1)),
    ],
)
def test_patches_cover_the_whole_spectrogram(stride, columns, bins, wanted):
    config = spectrogram_vit.Config(width=6, depth=1, stride=stride)
    found, _ = places(spectrogram_vit, config, log_mel(columns, bins))
    assert found == wanted


def test_spectrogram_vit_has_the_weights_of_vit_b_without_class_token():
    config = spectrogram_vit.Config(variant="b")
    _, weights = places(spectrogram_vit, config, log_mel(800, 128))
    blocks = 12 * (4 * 768 * 769 + 8 * 768 * 768 + 5 * 768 + 4 * 768)
    assert weights == 768 * (256 + 1) + 400 * 768 + blocks + 2 * 768


def test_patches_that_leave_out_audio_are_refused():
    with pytest.raises(errors.UserError, match="stride=17 leaves out audio"):
        spectrogram_vit.Config(stride=17)


@pytest.mark.parametrize(
    "variant, steps, millions",
    [("m3", 2000, 0.2), ("m5", 125, 0.55), ("m11", 31, 1.8), ("m18", 31, 3.7)],
)
def test_waveform_conv_is_as_large_as_published(variant, steps, millions):
    config = waveform_conv.Config(variant=variant)
    audio = batch.AudioSpec("waveform", rate=8000, samples=32_000)
    found, weights = places(waveform_conv, config, audio)
    assert found == (steps, 1)
    assert weights / 1e6 == pytest.approx(millions, abs=0.05)


def test_audio_shorter_than_a_time_step_is_refused():
    audio = batch.AudioSpec("waveform", rate=8000, samples=255)
    with pytest.raises(errors.UserError, match="has 255 samples.*m5 256"):
        waveform_conv.build(waveform_conv.Config(), audio)
