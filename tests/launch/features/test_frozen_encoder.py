"""A folded encoder with constant weights gives what the network gives."""

import keras
import numpy as np
import pytest

from launch.features import frozen_encoder
from launch.serving import constant_graph

SHAPE = (2, 16, 16, 3)


@pytest.fixture(scope="module")
def network():
    """A network of frames whose normalisation has something to fold."""
    keras.utils.set_random_seed(1)
    frames = keras.Input(SHAPE)
    x = keras.ops.reshape(frames / 255.0, (-1, *SHAPE[1:]))
    x = keras.layers.Conv2D(4, 3, use_bias=False)(x)
    norm = keras.layers.BatchNormalization()
    x = keras.layers.ReLU()(norm(x))
    x = keras.ops.mean(x, axis=(1, 2))
    norm.moving_mean.assign([0.1, -0.1, 0.2, 0.0])
    norm.moving_variance.assign([0.2, 0.5, 1.0, 2.0])
    return keras.Model(frames, keras.ops.reshape(x, (-1, SHAPE[0], 4)))


@pytest.mark.parametrize("most", [constant_graph.MAX_BYTES, 0])
def test_features_are_those_of_the_network(network, monkeypatch, most):
    monkeypatch.setattr(constant_graph, "MAX_BYTES", most)
    pixels = np.random.default_rng(0).integers(0, 256, (3, *SHAPE), np.uint8)
    wanted = network(pixels.astype(np.float32), training=False)
    found = frozen_encoder.build(network)(pixels)
    np.testing.assert_allclose(found, wanted, rtol=1e-4)


def test_neither_normalisation_nor_variables_are_left(network):
    traced = frozen_encoder.build(network, batch=1).get_concrete_function()
    assert "Rsqrt" not in str(traced.graph.as_graph_def())
    assert not traced.variables
