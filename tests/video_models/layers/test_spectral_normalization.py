import keras
import numpy as np
import pytest
import tensorflow as tf

from video_models.layers import spectral_normalization

LAYERS = {
    "dense": (lambda: spectral_normalization.SpectralDense(5), (6,)),
    "2d": (lambda: spectral_normalization.SpectralConv2D(5, 3), (7, 7, 4)),
    "3d": (lambda: spectral_normalization.SpectralConv3D(5, 3), (4, 7, 7, 2)),
}
every_layer = pytest.mark.parametrize("name", LAYERS)


def trained(name, steps=200):
    make, shape = LAYERS[name]
    layer = make()
    inputs = tf.ones((1, *shape))
    layer.build(inputs.shape)
    step = tf.function(lambda: layer(inputs, training=True))
    for _ in range(steps):
        step()
    return layer, inputs


def largest(kernel):
    matrix = np.reshape(kernel, (-1, kernel.shape[-1]))
    return np.linalg.svd(matrix, compute_uv=False)[0]


@every_layer
def test_largest_singular_value_is_one(name):
    layer, _ = trained(name)
    assert largest(layer.kernel.numpy()) == pytest.approx(1.0, abs=1e-4)


@every_layer
def test_kernel_that_is_learnt_stays_what_it_is(name):
    make, shape = LAYERS[name]
    layer = make()
    layer.build((None, *shape))
    before = layer._kernel.numpy()
    layer(tf.ones((1, *shape)), training=True)
    np.testing.assert_array_equal(layer._kernel.numpy(), before)


@every_layer
def test_direction_moves_in_training_only(name):
    layer, inputs = trained(name, steps=1)
    before = layer.direction.numpy()
    layer(inputs, training=False)
    np.testing.assert_array_equal(layer.direction.numpy(), before)
    layer(inputs, training=True)
    assert not np.array_equal(layer.direction.numpy(), before)


def test_scale_of_the_kernel_does_not_matter():
    layer, inputs = trained("dense")
    before = layer(inputs).numpy()
    layer._kernel.assign(3.0 * layer._kernel)
    np.testing.assert_allclose(layer(inputs), before, atol=1e-5)


def test_gradient_is_that_of_the_divided_kernel():
    # The norm is a maximum: no change of scale lowers the loss.
    layer, inputs = trained("dense")
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(layer(inputs) ** 2)
    slope = tape.gradient(total, layer._kernel.value)
    along = tf.reduce_sum(slope * layer._kernel)
    assert abs(float(along)) < 1e-3 * float(tf.norm(slope))


@every_layer
def test_saved_layer_is_the_same(name, tmp_path):
    make, shape = LAYERS[name]
    inputs = keras.Input(shape)
    model = keras.Model(inputs, make()(inputs))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    clip = np.random.default_rng(0).normal(size=(2, *shape))
    np.testing.assert_array_equal(model(clip), loaded(clip))
    for one, other in zip(model.weights, loaded.weights, strict=True):
        np.testing.assert_array_equal(one, other)
