"""What every file of `video_models/backbones` must hold to."""

import functools

import keras
import numpy as np
import pytest

from pipelines import batch
from tests.contracts import families, network_checks
from tfrecords_tools.base import registry
from video_models.introspection import layer_paths
from video_models.pretrained import backbone_weights

FOLDER = "video_models.backbones"
CLIP = batch.ClipSpec(frames=8, size=32)
FRAMES = network_checks.random_inputs(CLIP.shape, scale=255.0)

every_backbone = pytest.mark.parametrize("name", registry.names_in(FOLDER))
one_of_each_family = families.one_in_make_test()


def fresh(name):
    module = registry.load(FOLDER, name)
    keras.utils.set_random_seed(7)
    return network_checks.without_zeros(module.build(module.TINY, CLIP))


built = functools.cache(fresh)  # Nothing below trains it.


def layer_types(name):
    return {type(each.layer) for each in layer_paths.layers(built(name))}


@functools.cache
def trained(name):
    return network_checks.train(fresh(name), FRAMES, steps=8)


@every_backbone
def test_backbone_turns_frames_into_a_volume(name):
    volume = built(name)(FRAMES)["volume"]
    assert len(volume.shape) == 5
    assert volume.shape[0] == 2


@every_backbone
def test_backbone_is_a_functional_network_named_as_its_file(name):
    assert isinstance(built(name), keras.Model)
    assert built(name).input.shape == (None, *CLIP.shape)
    assert built(name).name == name


@every_backbone
def test_backbone_can_start_from_weights(name):
    module = registry.load(FOLDER, name)
    assert issubclass(module.Config, backbone_weights.Config)


@every_backbone
def test_public_files_fit_settings_that_the_backbone_has(name):
    module = registry.load(FOLDER, name)
    for each in module.WEIGHTS:
        module.Config(**each.settings)
        assert module.published_name or each.file.endswith(".h5")
        assert (each.name is None) == (each.package is None)


@every_backbone
def test_backbone_gives_finite_values_for_black_frames(name):
    volume = built(name)(np.zeros_like(FRAMES))["volume"]
    assert np.all(np.isfinite(volume))


@every_backbone
def test_backbone_predicts_the_same_after_saving(name, tmp_path):
    network_checks.assert_survives_saving(built(name), FRAMES, tmp_path)


@pytest.mark.full
@every_backbone
def test_backbone_predicts_the_same_after_export(name, tmp_path):
    network_checks.assert_survives_export(built(name), FRAMES, tmp_path)


@every_backbone
def test_backbone_has_no_layer_that_its_family_does_not_export(name):
    chosen = families.representatives()[name]
    assert not layer_types(name) - layer_types(chosen), chosen


@every_backbone
def test_backbone_has_static_shapes(name):
    network_checks.assert_operations_are_static(built(name))
    trained(name).assert_shapes_are_static()


@one_of_each_family
def test_backbone_compiles(name):
    network_checks.assert_compiles(built(name), FRAMES)


@one_of_each_family
def test_backbone_converts_to_tflite(name):
    module = registry.load(FOLDER, name)
    network_checks.assert_converts(built(name), FRAMES, module)


@every_backbone
def test_gradient_reaches_the_pixels_of_every_frame(name):
    trained(name).assert_gradient_reaches_inputs()


@every_backbone
def test_backbone_learns(name):
    trained(name).assert_learns()


@every_backbone
def test_same_seed_builds_the_same_backbone(name):
    found = network_checks.training_outputs(built(name), FRAMES)
    network_checks.assert_same(found, trained(name).outputs, atol=1e-3)
