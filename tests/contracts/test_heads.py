"""What every file of `video_models/heads` must hold to."""

import functools

import keras
import pytest

from tests.contracts import network_checks
from tfrecords_tools.base import registry

FOLDER = "video_models.heads"
SHAPE = (6, 8)
FEATURES = network_checks.random_inputs(SHAPE)

every_head = pytest.mark.parametrize("name", registry.names_in(FOLDER))


def fresh(name):
    module = registry.load(FOLDER, name)
    return module.build(module.TINY, SHAPE, 5)


built = functools.cache(fresh)


@every_head
def test_head_gives_one_score_a_class(name):
    assert built(name)(FEATURES).shape == (2, 5)


@every_head
def test_head_gives_float32_under_mixed_precision(name):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        assert fresh(name)(FEATURES).dtype == "float32"
    finally:
        keras.config.set_dtype_policy(before)


@every_head
def test_head_predicts_the_same_after_saving(name, tmp_path):
    network_checks.assert_survives_saving(built(name), FEATURES, tmp_path)


@every_head
def test_head_predicts_the_same_after_export(name, tmp_path):
    network_checks.assert_survives_export(built(name), FEATURES, tmp_path)


@every_head
def test_head_has_static_shapes(name):
    network_checks.assert_shapes_are_static(built(name), FEATURES)


@every_head
def test_head_compiles(name):
    network_checks.assert_compiles(built(name), FEATURES)


@every_head
def test_gradient_reaches_every_moment(name):
    network_checks.assert_gradient_reaches_inputs(built(name), FEATURES)


@every_head
def test_head_learns(name):
    network_checks.assert_learns(fresh(name), FEATURES, steps=20)


@every_head
def test_same_seed_builds_the_same_head(name):
    network_checks.assert_same_seed_builds_the_same(
        lambda: fresh(name), FEATURES
    )
