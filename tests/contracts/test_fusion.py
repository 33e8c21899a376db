"""What every file of `video_models/fusion` must hold to."""

import dataclasses
import functools

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.contracts import network_checks
from tfrecords_tools.base import registry
from video_models.families.fusion import modalities

FOLDER = "video_models.fusion"
FRAMES = modalities.Modality((3, 2, 2, 5), (0.1, 0.2))
AUDIO = modalities.Modality((4, 1, 2, 6), (0.05, 0.15))
TEXT = modalities.Modality((5, 1, 1, 7))
THREE = {"frames": FRAMES, "audio": AUDIO, "text": TEXT}
SETS = {
    "two": {"frames": FRAMES, "audio": AUDIO},
    "three": THREE,
    "frameless": {"audio": AUDIO, "text": TEXT},
}
# All there; no audio; no text; neither.
HAS_AUDIO, HAS_TEXT = np.float32([[1, 0, 1, 0], [1, 1, 0, 0]])
TEXT_MASK = np.float32([[1, 1, 1, 0, 0], [1] * 5, [1] * 5, [1, 0, 0, 0, 0]])

every_fusion = pytest.mark.parametrize("name", registry.names_in(FOLDER))
every_set = pytest.mark.parametrize("kinds", SETS)


def batch_of(shapes, seed=0):
    """Four clips; some lack a modality."""
    generator = np.random.default_rng(seed)
    given = {
        name: np.float32(generator.standard_normal((4, *each.shape)))
        for name, each in shapes.items()
    }
    given["has_audio"] = HAS_AUDIO
    if "text" in shapes:
        given |= {"has_text": HAS_TEXT, "text_mask": TEXT_MASK}
    return given


def fresh(name, shapes, **changed):
    module = registry.load(FOLDER, name)
    keras.utils.set_random_seed(7)
    config = dataclasses.replace(module.TINY, **changed)
    return network_checks.without_zeros(module.build(config, shapes))


@functools.cache
def built(name, kinds="three"):  # Nothing below trains it.
    return fresh(name, SETS[kinds])


@functools.cache
def answers(name, kinds="three"):
    return built(name, kinds)(batch_of(SETS[kinds])).numpy()


def answers_to(given, name, kinds="three"):
    return built(name, kinds)(given).numpy()


@every_fusion
@every_set
def test_fusion_keeps_the_first_time_steps_or_summarizes(name, kinds):
    first, *_ = SETS[kinds].values()
    steps = registry.load(FOLDER, name).SUMMARIZES or first.shape[0]
    assert answers(name, kinds).shape[:2] == (4, steps)


@every_fusion
@every_set
def test_fusion_without_a_modality_gives_numbers(name, kinds):
    assert np.all(np.isfinite(answers(name, kinds)))


@every_fusion
def test_fusion_is_a_network_named_as_its_file(name):
    assert isinstance(built(name), keras.Model)
    assert built(name).name == name


@every_fusion
def test_fusion_settings_are_those_of_all_fusions(name):
    config = registry.load(FOLDER, name).Config
    assert issubclass(config, modalities.Config)


@every_fusion
@every_set
def test_what_stands_in_place_of_a_missing_modality_changes_nothing(
    name, kinds
):
    given = batch_of(SETS[kinds])
    given["audio"][HAS_AUDIO == 0] = np.nan
    if "text" in given:
        given["text"][HAS_TEXT == 0] = 1e6
        given["text_mask"] = np.where(HAS_TEXT[:, None], TEXT_MASK, 1.0)
    found = answers_to(given, name, kinds)
    np.testing.assert_allclose(found, answers(name, kinds), atol=1e-6)


@every_fusion
def test_what_stands_in_padding_changes_nothing(name):
    given = batch_of(THREE)
    given["text"][TEXT_MASK == 0] = np.nan
    found = answers_to(given, name)
    np.testing.assert_allclose(found, answers(name), atol=1e-6)


@every_fusion
def test_more_padding_changes_nothing(name):
    longer = modalities.Modality((9, 1, 1, 7))
    network = fresh(name, THREE | {"text": longer})
    network.set_weights(built(name).get_weights())
    given = batch_of(THREE)
    for key in ("text", "text_mask"):
        filling = [(0, 0), (0, 4)] + [(0, 0)] * (given[key].ndim - 2)
        given[key] = np.pad(given[key], filling)
    np.testing.assert_allclose(network(given), answers(name), atol=1e-6)


@every_fusion
def test_text_of_padding_alone_is_missing(name):
    given = batch_of(THREE)
    given["text_mask"] = TEXT_MASK * HAS_TEXT[:, None]
    given["has_text"] = np.ones_like(HAS_TEXT)
    found = answers_to(given, name)
    np.testing.assert_allclose(found, answers(name), atol=1e-6)


@every_fusion
@pytest.mark.parametrize("changed", THREE)
def test_answer_depends_on_every_modality(name, changed):
    given = batch_of(THREE)
    given[changed] = batch_of(THREE, seed=1)[changed]
    assert np.abs(answers_to(given, name) - answers(name))[0].max() > 1e-3


@every_fusion
def test_clips_of_a_batch_do_not_depend_on_one_another(name):
    given = batch_of(THREE)
    for clips in (slice(0, 1), slice(1, 4)):
        part = {key: value[clips] for key, value in given.items()}
        found = answers_to(part, name)
        np.testing.assert_allclose(found, answers(name)[clips], atol=1e-5)


@every_fusion
def test_fusion_predicts_the_same_after_saving(name, tmp_path):
    network = fresh(name, THREE, dropout=0.5)
    network_checks.assert_survives_saving(network, batch_of(THREE), tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.full] * (name != "bottleneck"))
        for name in registry.names_in(FOLDER)
    ],
)
def test_fusion_compiles(name):
    given = batch_of(SETS["two"])
    given = {key: value[:1] for key, value in given.items()}
    traced = tf.function(built(name, "two"), jit_compile=True, autograph=False)
    found = traced(given, training=False)
    np.testing.assert_allclose(found, answers(name, "two")[:1], atol=1e-4)


@every_fusion
def test_fusion_has_static_shapes(name):
    network_checks.assert_operations_are_static(built(name))


@every_fusion
@pytest.mark.parametrize(
    "kinds",
    [
        pytest.param(kinds, marks=[pytest.mark.full] * (kinds != "three"))
        for kinds in SETS
    ],
)
def test_gradient_reaches_every_weight(name, kinds):
    network = fresh(name, SETS[kinds], dropout=0.5)
    given, weights = batch_of(SETS[kinds]), network.trainable_variables
    given["audio"][HAS_AUDIO == 0] = np.nan
    reached = [False] * len(weights)
    for _ in range(4):  # Of other modalities that are hidden.
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(network(given, training=True) ** 3)
        slopes = tape.gradient(loss, weights)
        assert all(np.all(np.isfinite(slope)) for slope in slopes)
        reached = [
            before or bool(np.any(slope))
            for before, slope in zip(reached, slopes, strict=True)
        ]
    missed = [
        weight.path
        for weight, is_reached in zip(weights, reached, strict=True)
        if not is_reached
    ]
    assert not missed


@every_fusion
def test_softmax_is_of_float32_under_bfloat16(name):
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        network = fresh(name, THREE)
    finally:
        keras.config.set_dtype_policy("float32")
    network.set_weights(built(name).get_weights())
    traced = tf.function(network, autograph=False).get_concrete_function(
        {key: tf.constant(value) for key, value in batch_of(THREE).items()}
    )
    kinds = [op.outputs[0].dtype for op in _softmaxes(traced.graph)]
    assert set(kinds) <= {tf.float32}
    found = network(batch_of(THREE))
    assert found.dtype == tf.float32
    np.testing.assert_allclose(found, answers(name), atol=0.2)


def _softmaxes(graph):
    found = list(graph.get_operations())
    for function in graph._functions.values():
        found += function.graph.get_operations()
    return [op for op in found if op.type == "Softmax"]
