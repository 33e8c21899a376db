import functools

import keras
import numpy as np
import pytest

from video_models.optimization import layer_rates, optimizers

wants_muon = pytest.mark.skipif(
    not optimizers.HAS_MUON, reason="Muon of this Keras does not work"
)
NAMES = (
    *("sgd", "momentum", "adagrad", "adam", "adamw", "lion", "lamb"),
    pytest.param("muon", marks=wants_muon),
)


def network():
    """Three groups: stem, stage1_block1, and logits in a head of its own."""
    x = inputs = keras.Input((4,))
    x = keras.layers.Dense(4, name="stem_dense")(x)
    x = keras.layers.LayerNormalization(name="stem_norm")(x)
    x = keras.layers.Dense(4, name="stage1_block1_dense")(x)
    backbone = keras.Model(inputs, x, name="backbone")
    features = keras.Input((4,))
    logits = keras.layers.Dense(2, name="logits")(features)
    head = keras.Model(features, logits, name="head")
    return keras.Model(inputs, head(backbone(inputs)), name="network")


def after(steps, config, rate=0.1):
    """Weights by path after steps along gradients of one half."""
    keras.utils.set_random_seed(1)
    built = network()
    before = {v.path: v.numpy() for v in built.trainable_variables}
    optimizer = optimizers.build(config, rate)
    optimizers.build_slots(optimizer, [built], built.trainable_variables)
    for _ in range(steps):
        gradients = [keras.ops.full(v.shape, 0.5) for v in built.weights]
        optimizer.apply(gradients, built.trainable_variables)
    now = {v.path: v.numpy() for v in built.trainable_variables}
    return before, now


def test_rate_of_sgd_falls_from_the_head_to_the_pixels():
    config = optimizers.Config(name="sgd", layer_decay=0.5)
    before, now = after(1, config)
    moved = {name: np.ravel(before[name] - now[name])[0] for name in now}
    assert moved["logits/kernel"] == pytest.approx(0.1 * 0.5)
    assert moved["stage1_block1_dense/bias"] == pytest.approx(0.05 * 0.5)
    assert moved["stem_norm/gamma"] == pytest.approx(0.025 * 0.5, abs=1e-6)
    assert moved["stem_dense/bias"] == pytest.approx(0.025 * 0.5)


def test_adamw_decays_a_kernel_by_its_own_rate():
    config = optimizers.Config(layer_decay=0.5, weight_decay=0.2)
    before, now = after(1, config)
    kernel = before["stem_dense/kernel"]
    # The first step of Adam is the rate, here a quarter of 0.1.
    expected = kernel * (1 - 0.025 * 0.2) - 0.025
    np.testing.assert_allclose(now["stem_dense/kernel"], expected, atol=1e-5)
    kernel = before["logits/kernel"] * (1 - 0.1 * 0.2) - 0.1
    np.testing.assert_allclose(now["logits/kernel"], kernel, atol=1e-5)


def test_lion_moves_by_the_rate_and_decays_kernels_alone():
    config = optimizers.Config(name="lion", weight_decay=0.2)
    before, now = after(1, config)
    kernel = before["logits/kernel"] * (1 - 0.1 * 0.2) - 0.1
    np.testing.assert_allclose(now["logits/kernel"], kernel, atol=1e-6)
    np.testing.assert_allclose(now["logits/bias"], -0.1, atol=1e-6)


def test_update_of_lamb_is_as_long_as_the_weights():
    config = optimizers.Config(name="lamb", weight_decay=0.0)
    before, now = after(1, config)
    kernel = before["stem_dense/kernel"]
    moved = np.linalg.norm(now["stem_dense/kernel"] - kernel)
    assert moved == pytest.approx(0.1 * np.linalg.norm(kernel), rel=1e-4)


@wants_muon
def test_muon_moves_a_matrix_of_one_direction_along_it():
    config = optimizers.Config(name="muon", weight_decay=0.0)
    before, now = after(1, config)
    moved = before["stem_dense/kernel"] - now["stem_dense/kernel"]
    # Keras stretches a 4x4 matrix by 0.2 * sqrt(4); its largest singular
    # value is 1, but for the few iterations that find it.
    largest = np.linalg.svd(moved, compute_uv=False)[0]
    assert 0.6 < largest / (0.1 * 0.2 * 2) < 1.3
    # The last layer is Adam's.
    moved = before["logits/kernel"] - now["logits/kernel"]
    np.testing.assert_allclose(moved, 0.1, atol=1e-5)


@functools.cache
def bytes_after(**settings):
    _, now = after(3, optimizers.Config(**settings))
    return {name: value.tobytes() for name, value in now.items()}


@pytest.mark.parametrize("name", NAMES)
def test_layer_decay_changes_all_but_the_head(name):
    plain = bytes_after(name=name)
    decayed = bytes_after(name=name, layer_decay=0.5)
    same = {path for path in plain if plain[path] == decayed[path]}
    assert same == {"logits/kernel", "logits/bias"}


def test_adamw_is_that_of_keras_to_the_bit():
    keras.utils.set_random_seed(1)
    built = network()
    variables = built.trainable_variables
    optimizer = keras.optimizers.AdamW(0.1, weight_decay=0.01)
    spared = [each for each in variables if not layer_rates.is_kernel(each)]
    optimizer.exclude_from_weight_decay(var_list=spared)
    for _ in range(3):
        gradients = [keras.ops.full(v.shape, 0.5) for v in built.weights]
        optimizer.apply(gradients, variables)
    wanted = {v.path: v.numpy().tobytes() for v in variables}
    assert bytes_after(name="adamw") == wanted


def test_decay_spares_the_biases_of_attention():
    layer = keras.layers.MultiHeadAttention(2, 4)
    layer.build((None, 3, 8), (None, 3, 8))
    names = {
        each.name for each in layer.variables if layer_rates.is_kernel(each)
    }
    assert names == {"kernel"}
