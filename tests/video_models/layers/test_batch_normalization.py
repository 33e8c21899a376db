import keras
import numpy as np
import pytest
import tensorflow as tf

from video_models.layers import batch_normalization

SHAPE = (3, 4, 5, 6, 7)
INPUTS = np.float32(np.random.default_rng(0).normal(3.0, 2.0, SHAPE))


def trained(layer, jit_compile=False):
    """Output, gradients and moving averages of one training step."""
    layer.build(SHAPE)
    layer.gamma.assign(np.linspace(0.5, 2.0, SHAPE[-1]))
    layer.beta.assign(np.linspace(-1.0, 1.0, SHAPE[-1]))

    @tf.function(jit_compile=jit_compile)
    def step(inputs):
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            outputs = layer(inputs, training=True)
            loss = tf.reduce_sum(tf.sin(outputs))
        sources = [inputs, layer.gamma.value, layer.beta.value]
        return outputs, *tape.gradient(loss, sources)

    found = step(tf.constant(INPUTS))
    return [*found, layer.moving_mean.value, layer.moving_variance.value]


@pytest.mark.parametrize("jit_compile", [False, True])
def test_training_is_that_of_keras(jit_compile):
    settings = {"momentum": 0.9, "epsilon": 1e-5}
    ours = trained(
        batch_normalization.BatchNormalization(**settings), jit_compile
    )
    theirs = trained(keras.layers.BatchNormalization(**settings))
    for own, wanted in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(own, wanted, rtol=1e-4, atol=1e-4)


def test_prediction_is_that_of_keras():
    layer = batch_normalization.BatchNormalization()
    wanted = keras.layers.BatchNormalization()(INPUTS)
    np.testing.assert_array_equal(layer(INPUTS), wanted)


def test_frozen_layer_keeps_its_averages():
    layer = batch_normalization.BatchNormalization()
    layer.build(SHAPE)
    layer.trainable = False
    layer(INPUTS, training=True)
    assert not np.any(layer.moving_mean)


def test_bfloat16_is_averaged_in_float32():
    layer = batch_normalization.BatchNormalization(
        dtype="mixed_bfloat16", momentum=0.0
    )
    outputs = layer(INPUTS, training=True)
    assert outputs.dtype == tf.bfloat16
    wanted = INPUTS.mean(axis=(0, 1, 2, 3))
    np.testing.assert_allclose(layer.moving_mean, wanted, atol=0.02)
