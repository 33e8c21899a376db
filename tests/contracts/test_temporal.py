"""What every file of `video_models/temporal` must hold to."""

import functools

import keras
import numpy as np
import pytest

from tests.contracts import network_checks
from tfrecords_tools.base import registry

FOLDER = "video_models.temporal"
SHAPE = (6, 8)
FEATURES = network_checks.random_inputs(SHAPE)

every_temporal_block = pytest.mark.parametrize(
    "name", registry.names_in(FOLDER)
)


def fresh(name):
    module = registry.load(FOLDER, name)
    keras.utils.set_random_seed(7)
    return network_checks.without_zeros(module.build(module.TINY, SHAPE))


built = functools.cache(fresh)  # Nothing below trains it.


@functools.cache
def trained(name):
    return network_checks.train(fresh(name), FEATURES, steps=20)


@every_temporal_block
def test_temporal_block_keeps_the_number_of_moments_or_summarizes(name):
    steps = 1 if registry.load(FOLDER, name).SUMMARIZES else 6
    assert built(name)(FEATURES).shape[:2] == (2, steps)


@every_temporal_block
def test_temporal_block_takes_a_single_time_step(name):
    module = registry.load(FOLDER, name)
    network = module.build(module.TINY, (1, SHAPE[1]))
    assert np.all(np.isfinite(network(FEATURES[:, :1])))


@every_temporal_block
def test_temporal_block_is_a_network_named_as_its_file(name):
    assert isinstance(built(name), keras.Model)
    assert built(name).name == name


@every_temporal_block
def test_temporal_block_predicts_the_same_after_saving(name, tmp_path):
    network_checks.assert_survives_saving(built(name), FEATURES, tmp_path)


@every_temporal_block
def test_temporal_block_predicts_the_same_after_export(name, tmp_path):
    network_checks.assert_survives_export(built(name), FEATURES, tmp_path)


@every_temporal_block
def test_temporal_block_has_static_shapes(name):
    network_checks.assert_operations_are_static(built(name))
    trained(name).assert_shapes_are_static()


@every_temporal_block
def test_temporal_block_compiles(name):
    network_checks.assert_compiles(built(name), FEATURES)


@every_temporal_block
def test_temporal_block_converts_to_tflite(name):
    module = registry.load(FOLDER, name)
    network_checks.assert_converts(built(name), FEATURES, module)


@every_temporal_block
def test_gradient_reaches_every_moment(name):
    trained(name).assert_gradient_reaches_inputs()


@every_temporal_block
def test_temporal_block_learns(name):
    if not built(name).trainable_variables:
        pytest.skip("nothing to train")
    trained(name).assert_learns()


@every_temporal_block
def test_same_seed_builds_the_same_temporal_block(name):
    found = network_checks.training_outputs(built(name), FEATURES)
    network_checks.assert_same(found, trained(name).outputs, atol=1e-4)
