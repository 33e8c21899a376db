"""The promises that every part of a video network is held to.

`network` maps one float32 tensor to one tensor; see the test files beside.
"""

import keras
import numpy as np
import pytest
import tensorflow as tf


def random_inputs(shape, scale=1.0, batch=2):
    generator = np.random.default_rng(0)
    return np.float32(scale * generator.random((batch, *shape)))


def output(network, inputs, **kwargs):
    """The only output, also where it stands in a dict."""
    outputs = network(inputs, **kwargs)
    return outputs["volume"] if isinstance(outputs, dict) else outputs


def assert_survives_saving(network, inputs, tmp_path):
    network.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras")
    np.testing.assert_array_equal(
        output(loaded, inputs), output(network, inputs)
    )


def assert_survives_export(network, inputs, tmp_path):
    network.export(tmp_path / "exported", verbose=False)
    served = tf.saved_model.load(str(tmp_path / "exported"))
    np.testing.assert_allclose(
        output(served.serve, inputs), output(network, inputs), atol=1e-5
    )


def assert_shapes_are_static(network, inputs):
    for operation in network.operations:
        for each in keras.tree.flatten(operation.output):
            assert None not in each.shape[1:], operation.name
    assert_tensors_are_static(_traced(network, inputs).graph)


def assert_tensors_are_static(graph):
    for operation in graph.get_operations():
        for each in operation.outputs:
            assert each.shape.is_fully_defined(), operation.name


def assert_compiles(network, inputs):
    compiled = tf.function(
        lambda x: output(network, x, training=False), jit_compile=True
    )
    np.testing.assert_allclose(
        compiled(inputs), output(network, inputs), atol=1e-3
    )


def assert_gradient_reaches_inputs(network, inputs):
    inputs = tf.constant(inputs)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        outputs = output(network, inputs, training=True)
        loss = tf.reduce_sum(tf.square(outputs - 1.0))
    gradient = tape.gradient(loss, inputs).numpy()
    assert np.all(np.any(gradient, axis=tuple(range(2, gradient.ndim))))


def assert_learns(network, inputs, steps=3):
    if not network.trainable_variables:
        pytest.skip("nothing to train")
    optimizer = keras.optimizers.Adam(1e-3)
    optimizer.build(network.trainable_variables)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            outputs = output(network, inputs, training=True)
            loss = tf.reduce_mean(tf.square(outputs - 1.0))
        gradients = tape.gradient(loss, network.trainable_variables)
        optimizer.apply(gradients, network.trainable_variables)
        return loss

    losses = [float(step()) for _ in range(steps)]
    assert losses[-1] < losses[0]


def assert_same_seed_builds_the_same(build, inputs):
    outputs = []
    for _ in range(2):
        keras.utils.set_random_seed(7)
        outputs.append(output(build(), inputs, training=True))
    np.testing.assert_array_equal(*outputs)


def _traced(network, inputs):
    signature = tf.TensorSpec(inputs.shape, tf.float32)
    traced = tf.function(lambda x: output(network, x, training=True))
    return traced.get_concrete_function(signature)
