import functools

import keras
import numpy as np
import pytest
import tensorflow as tf

from launch.training import recomputation
from video_models.layers import normalization, randomness

INPUTS = np.random.default_rng(0).random((4, 6, 6, 3)).astype(np.float32)


def network(policy="float32"):
    """A stem, two residual blocks with everything random, and logits."""
    keras.utils.set_random_seed(3)
    keras.mixed_precision.set_dtype_policy(policy)
    try:
        x = pixels = keras.Input((6, 6, 3))
        x = keras.layers.Conv2D(4, 3, padding="same", name="stem_conv")(x)
        for number in (1, 2):
            name = f"stage1_block{number}"
            y = keras.layers.Conv2D(4, 3, padding="same", name=f"{name}_conv")(
                x
            )
            y = normalization.build("batch", 4, f"{name}_norm")(y)
            y = randomness.Dropout(0.3, name=f"{name}_dropout")(y)
            y = keras.ops.relu(y)
            x = x + randomness.StochasticDepth(0.5, name=f"{name}_depth")(y)
        backbone = keras.Model(pixels, {"volume": x}, name="backbone")
        x = keras.ops.mean(backbone(pixels)["volume"], axis=(1, 2))
        x = keras.layers.Dense(2, name="logits", dtype="float32")(x)
        return keras.Model(pixels, x, name="network")
    finally:
        keras.mixed_precision.set_dtype_policy("float32")


def two_steps(built, xla=False, replica=1):
    """Gradients of both steps, and all variables after them."""

    @tf.function(jit_compile=xla)
    def step(number):
        with randomness.replica(number):
            with tf.GradientTape() as tape:
                outputs = built(INPUTS, training=True)
                loss = tf.reduce_mean(tf.square(outputs - 1.0))
            weights = [v.value for v in built.trainable_variables]
            return tape.gradient(loss, weights)

    found = [step(tf.constant(replica)) for _ in range(2)]
    return [g.numpy() for g in tf.nest.flatten(found)] + [
        v.numpy() for v in built.variables
    ]


def assert_close(one, other, tolerance):
    for a, b in zip(one, other, strict=True):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


@functools.cache
def without(policy="float32", xla=False):
    return two_steps(network(policy), xla)


@pytest.mark.parametrize(
    "xla", [False, pytest.param(True, marks=pytest.mark.full)]
)
def test_gradients_and_state_are_those_without(xla):
    built = network()
    assert recomputation.recompute_blocks(built) == 2
    assert_close(two_steps(built, xla), without(xla=xla), 1e-5)


def test_weights_are_not_rounded_in_mixed_precision():
    built = network("mixed_bfloat16")
    recomputation.recompute_blocks(built)
    assert_close(two_steps(built), without("mixed_bfloat16"), 1e-5)


def test_frozen_block_stays_as_it_is():
    built = network()
    norm = built.get_layer("backbone").get_layer("stage1_block1_norm")
    norm.trainable = False
    before = [v.numpy() for v in norm.variables]
    recomputation.recompute_blocks(built)
    two_steps(built)
    assert_close([v.numpy() for v in norm.variables], before, 0.0)


def convolutions(built, training):
    def gradient(inputs):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(built(inputs, training=training))
        weights = [v.value for v in built.trainable_variables]
        return tape.gradient(loss, weights)

    graph = tf.function(gradient).get_concrete_function(INPUTS).graph
    return sum(each.type == "Conv2D" for each in graph.get_operations())


def test_all_blocks_but_the_last_run_again_in_training_only():
    built = network()
    assert convolutions(built, training=True) == 3
    recomputation.recompute_blocks(built)
    assert convolutions(built, training=True) == 3 + 2
    assert convolutions(built, training=False) == 3


def test_network_of_one_block_is_left_alone():
    inputs = keras.Input((3,))
    built = keras.Model(inputs, keras.layers.Dense(2, name="logits")(inputs))
    assert recomputation.recompute_blocks(built) == 0
