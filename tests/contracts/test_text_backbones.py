"""What every file of `video_models/text_backbones` must hold to."""

import functools
import math

import keras
import numpy as np
import pytest

from launch.model_summary import network_graph
from pipelines import batch
from tests.contracts import network_checks
from tfrecords_tools.base import registry

FOLDER = "video_models.text_backbones"
TEXT = batch.TextSpec(
    length=6,
    vocabulary=11,
    words=("a", "man", "runs", "over", "his", "dog", "z"),
)
TOKENS = np.int32([[2, 4, 5, 6, 3, 0], [2, 9, 3, 0, 0, 0]])
MASK = np.float32([[1, 1, 1, 1, 1, 0], [1, 1, 1, 0, 0, 0]])
INPUTS = {"tokens": TOKENS, "tokens_mask": MASK}

every_text_backbone = pytest.mark.parametrize("name", registry.names_in(FOLDER))


def fresh(name):
    module = registry.load(FOLDER, name)
    keras.utils.set_random_seed(7)
    return network_checks.without_zeros(module.build(module.TINY, TEXT))


built = functools.cache(fresh)  # Nothing below trains it.


@functools.cache
def trained(name):
    return network_checks.train(fresh(name), INPUTS, steps=8)


def with_weights_of(network, other):
    """Tables of more rows have those of the other first."""
    for long, short in zip(network.weights, other.weights, strict=True):
        value = np.array(long)
        value[tuple(map(slice, short.shape))] = short
        long.assign(value)
    return network


@every_text_backbone
def test_text_backbone_gives_a_vector_per_token_and_one_of_all(name):
    found = built(name)(INPUTS)
    width = found["token"].shape[-1]
    assert {key: tuple(each.shape) for key, each in found.items()} == {
        "volume": (2, 6, 1, 1, width),
        "token": (2, width),
        "mask": (2, 6),
    }
    np.testing.assert_array_equal(found["mask"], MASK)


@every_text_backbone
def test_text_backbone_is_a_functional_network_named_as_its_file(name):
    assert isinstance(built(name), keras.Model)
    assert built(name).input.keys() == INPUTS.keys()
    assert built(name).name == name


@every_text_backbone
def test_vectors_of_padding_are_zero(name):
    volume = np.array(built(name)(INPUTS)["volume"])
    assert not np.any(volume[MASK == 0])
    assert np.all(np.any(volume[MASK == 1], axis=(1, 2, 3)))


@every_text_backbone
def test_other_tokens_of_padding_change_nothing(name):
    others = np.where(MASK > 0, TOKENS, 10)
    network_checks.assert_same(
        network_checks.outputs(built(name), {**INPUTS, "tokens": others}),
        network_checks.outputs(built(name), INPUTS),
        atol=1e-6,
    )


@every_text_backbone
def test_longer_padding_changes_nothing(name):
    module = registry.load(FOLDER, name)
    text = batch.TextSpec(9, TEXT.vocabulary, words=TEXT.words)
    long = with_weights_of(module.build(module.TINY, text), built(name))
    more = ((0, 0), (0, 3))
    inputs = {
        "tokens": np.pad(TOKENS, more, constant_values=10),
        "tokens_mask": np.pad(MASK, more),
    }
    found, wanted = long(inputs), built(name)(INPUTS)
    cut = [found["token"], found["volume"][:, : TEXT.length]]
    network_checks.assert_same(
        cut, [wanted["token"], wanted["volume"]], atol=1e-6
    )


@every_text_backbone
def test_text_backbone_gives_finite_values_without_any_token(name):
    empty = {**INPUTS, "tokens_mask": np.zeros_like(MASK)}
    for each in network_checks.outputs(built(name), empty):
        assert np.all(np.isfinite(each))


@pytest.fixture
def half_precision(name):
    built(name)  # Kept for other tests, so not in half precision.
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    yield
    keras.config.set_dtype_policy(before)


@pytest.fixture
def softmax_dtypes(monkeypatch):
    """Those of all calls from here on."""
    dtypes, softmax = set(), keras.ops.softmax

    def noted(x, *args, **kwargs):
        dtypes.add(keras.backend.standardize_dtype(x.dtype))
        return softmax(x, *args, **kwargs)

    monkeypatch.setattr(keras.ops, "softmax", noted)
    return dtypes


@every_text_backbone
def test_text_backbone_is_finite_in_half_precision_with_float32_softmax(
    name, half_precision, softmax_dtypes
):
    module = registry.load(FOLDER, name)
    network = with_weights_of(module.build(module.TINY, TEXT), built(name))
    for mask in (MASK, np.zeros_like(MASK)):
        found = network({**INPUTS, "tokens_mask": mask})
        assert all(np.all(np.isfinite(np.float32(x))) for x in found.values())
    assert found["token"].dtype == "bfloat16"
    assert found["mask"].dtype == "float32"
    assert softmax_dtypes <= {"float32"}


@every_text_backbone
def test_text_backbone_predicts_the_same_after_saving(name, tmp_path):
    network_checks.assert_survives_saving(built(name), INPUTS, tmp_path)


@every_text_backbone
def test_text_backbone_predicts_the_same_after_export(name, tmp_path):
    network_checks.assert_survives_export(built(name), INPUTS, tmp_path)


@every_text_backbone
def test_text_backbone_has_static_shapes(name):
    network_checks.assert_operations_are_static(built(name))
    trained(name).assert_shapes_are_static()


@every_text_backbone
def test_text_backbone_compiles(name):
    network_checks.assert_compiles(built(name), INPUTS)


@every_text_backbone
def test_text_backbone_converts_to_tflite(name):
    module = registry.load(FOLDER, name)
    network_checks.assert_converts(built(name), INPUTS, module)


@every_text_backbone
def test_text_backbone_learns(name):
    trained(name).assert_learns()


@every_text_backbone
def test_every_token_that_is_real_changes_the_vector_of_the_text(name):
    token = np.array(built(name)(INPUTS)["token"])
    for place in range(3):
        other = TOKENS.copy()
        other[:, place] = 8
        changed = built(name)({**INPUTS, "tokens": other})["token"]
        assert np.all(np.any(np.array(changed) != token, axis=1))


@every_text_backbone
def test_same_seed_builds_the_same_text_backbone(name):
    found = network_checks.training_outputs(built(name), INPUTS)
    network_checks.assert_same(found, trained(name).outputs, atol=1e-4)


PUBLISHED = [
    pytest.param(name, row, id=f"{name}-{row.config.variant}")
    for name in registry.names_in(FOLDER)
    for row in registry.load(FOLDER, name).PUBLISHED
]


@pytest.mark.parametrize(("name", "row"), PUBLISHED)
def test_parameters_are_the_published_ones(name, row):
    text = batch.TextSpec(length=8, vocabulary=row.vocabulary)
    network = network_graph.without_weights(
        lambda: registry.load(FOLDER, name).build(row.config, text)
    )
    trained = sum(math.prod(v.shape) for v in network.trainable_variables)
    assert trained == row.parameters


@every_text_backbone
def test_public_files_fit_settings_that_the_text_backbone_has(name):
    module = registry.load(FOLDER, name)
    for each in module.WEIGHTS:
        module.Config(**each.settings)
        assert module.published_name
