"""What every file of `video_models/heads` must hold to.

But for `published`, whose networks are those of the backbones. A file tells
the axes after the batch as `GIVES`; where it does not, they are the classes.
"""

import functools

import keras
import pytest

from tests.contracts import network_checks
from tfrecords_tools.base import registry

FOLDER = "video_models.heads"
SHAPE = (6, 8)
FEATURES = network_checks.random_inputs(SHAPE)

CLASSES = 5

every_head = pytest.mark.parametrize(
    "name", [n for n in registry.names_in(FOLDER) if n != "published"]
)


def fresh(name):
    module = registry.load(FOLDER, name)
    keras.utils.set_random_seed(7)
    return module.build(module.TINY, SHAPE, CLASSES)


built = functools.cache(fresh)  # Nothing below trains it.


@functools.cache
def trained(name):
    return network_checks.train(fresh(name), FEATURES, steps=100)


@every_head
def test_head_gives_what_it_says(name):
    module = registry.load(FOLDER, name)
    lengths = {"time_steps": SHAPE[0], "classes": CLASSES}
    lengths["features"] = getattr(module.TINY, "features", None)
    wanted = [lengths[axis] for axis in module.GIVES]
    assert built(name)(FEATURES).shape == (2, *wanted)


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
    network_checks.assert_operations_are_static(built(name))
    trained(name).assert_shapes_are_static()


@every_head
def test_head_compiles(name):
    network_checks.assert_compiles(built(name), FEATURES)


@every_head
def test_head_converts_to_tflite(name):
    module = registry.load(FOLDER, name)
    network_checks.assert_converts(built(name), FEATURES, module)


@every_head
def test_gradient_reaches_every_moment(name):
    trained(name).assert_gradient_reaches_inputs()


@every_head
def test_head_learns(name):
    trained(name).assert_learns()


@every_head
def test_same_seed_builds_the_same_head(name):
    found = network_checks.training_outputs(built(name), FEATURES)
    network_checks.assert_same(found, trained(name).outputs, atol=1e-4)
