"""What every file of `video_models/temporal` must hold to."""

import functools

import keras
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
    return module.build(module.TINY, SHAPE)


built = functools.cache(fresh)


@every_temporal_block
def test_temporal_block_keeps_the_number_of_moments(name):
    assert built(name)(FEATURES).shape[:2] == (2, 6)


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
    network_checks.assert_shapes_are_static(built(name), FEATURES)


@every_temporal_block
def test_temporal_block_compiles(name):
    network_checks.assert_compiles(built(name), FEATURES)


@every_temporal_block
def test_gradient_reaches_every_moment(name):
    network_checks.assert_gradient_reaches_inputs(built(name), FEATURES)


@every_temporal_block
def test_temporal_block_learns(name):
    network_checks.assert_learns(fresh(name), FEATURES, steps=20)


@every_temporal_block
def test_same_seed_builds_the_same_temporal_block(name):
    network_checks.assert_same_seed_builds_the_same(
        lambda: fresh(name), FEATURES
    )
