"""What every file of `video_models/audio_backbones` must hold to."""

import functools

import keras
import numpy as np
import pytest

from launch.model_summary import network_graph
from pipelines import batch
from tests.contracts import network_checks
from tfrecords_tools.base import errors, registry
from video_models.pretrained import backbone_weights

FOLDER = "video_models.audio_backbones"
NAMES = registry.names_in(FOLDER)
COMPILED = "spectrogram_conv"
WAVEFORM = batch.AudioSpec("waveform", rate=8000, samples=800)
SPECTROGRAM = batch.AudioSpec("log_mel", 8000, 800, columns=20, bins=12, hop=40)

every_audio_backbone = pytest.mark.parametrize("name", NAMES)
one_in_make_test = pytest.mark.parametrize(
    "name",
    [
        pytest.param(n, marks=[pytest.mark.full] * (n != COMPILED))
        for n in NAMES
    ],
)


def spec(name):
    features = registry.load(FOLDER, name).TAKES[0]
    if features == "waveform":
        return WAVEFORM
    values = {**vars(SPECTROGRAM), "features": features}
    return batch.AudioSpec(**values)


@functools.cache
def audio(name):
    return network_checks.random_inputs(spec(name).shape, batch=3)


def fresh(name):
    module = registry.load(FOLDER, name)
    keras.utils.set_random_seed(7)
    return network_checks.without_zeros(module.build(module.TINY, spec(name)))


built = functools.cache(fresh)  # Nothing below trains it.


@functools.cache
def trained(name):
    return network_checks.train(fresh(name), audio(name), steps=8)


@every_audio_backbone
def test_audio_backbone_turns_audio_into_a_volume(name):
    volume = built(name)(audio(name))["volume"]
    assert len(volume.shape) == 5
    assert volume.shape[0] == 3 and volume.shape[2] == 1


@every_audio_backbone
def test_audio_backbone_is_a_network_named_as_its_file(name):
    assert isinstance(built(name), keras.Model)
    assert built(name).name == name
    assert built(name).input.name == spec(name).name


@every_audio_backbone
def test_audio_backbone_can_start_from_weights(name):
    module = registry.load(FOLDER, name)
    assert issubclass(module.Config, backbone_weights.Config)


@every_audio_backbone
def test_other_audio_is_refused(name):
    module = registry.load(FOLDER, name)
    other = SPECTROGRAM if spec(name) == WAVEFORM else WAVEFORM
    with pytest.raises(errors.UserError, match="wanted --audio.features="):
        module.build(module.TINY, other)


@every_audio_backbone
def test_a_clip_does_not_depend_on_the_others_of_its_batch(name):
    alone = built(name)(audio(name)[:1])["volume"]
    among = built(name)(audio(name))["volume"]
    np.testing.assert_allclose(alone, among[:1], atol=1e-5)


@every_audio_backbone
def test_audio_backbone_gives_finite_values_for_silence(name):
    volume = built(name)(np.zeros_like(audio(name)))["volume"]
    assert np.all(np.isfinite(volume))


@every_audio_backbone
def test_audio_backbone_predicts_the_same_after_saving(name, tmp_path):
    network_checks.assert_survives_saving(built(name), audio(name), tmp_path)


@every_audio_backbone
def test_audio_backbone_has_static_shapes(name):
    network_checks.assert_operations_are_static(built(name))
    trained(name).assert_shapes_are_static()


@every_audio_backbone
def test_gradient_reaches_every_weight(name):
    assert not trained(name).unreached


@every_audio_backbone
def test_audio_backbone_learns(name):
    trained(name).assert_learns()


@every_audio_backbone
def test_same_seed_builds_the_same_audio_backbone(name):
    found = network_checks.training_outputs(built(name), audio(name))
    network_checks.assert_same(found, trained(name).outputs, atol=1e-3)


@one_in_make_test
def test_audio_backbone_compiles(name):
    network_checks.assert_compiles(built(name), audio(name))


@one_in_make_test
def test_audio_backbone_predicts_the_same_after_export(name, tmp_path):
    network_checks.assert_survives_export(built(name), audio(name), tmp_path)


@one_in_make_test
def test_audio_backbone_converts_to_tflite(name):
    module = registry.load(FOLDER, name)
    network_checks.assert_converts(built(name), audio(name), module)


@every_audio_backbone
def test_weights_are_as_many_as_published(name):
    module = registry.load(FOLDER, name)
    for row in module.PUBLISHED:
        network = network_graph.without_weights(
            lambda row=row: module.build(row.config, row.audio)
        )
        assert network.count_params() == row.parameters
