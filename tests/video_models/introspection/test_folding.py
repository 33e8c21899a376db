import keras
import numpy as np
import pytest

from tests.contracts import network_checks
from video_models.introspection import folding, layer_paths
from video_models.layers import (
    batch_normalization,
    depthwise,
    pointwise_convolution,
)

SHAPE = (4, 6, 6, 3)
CLIPS = np.random.default_rng(0).normal(size=(2, *SHAPE)).astype(np.float32)
NORM = batch_normalization.BatchNormalization


def random(network):
    """With weights, averages too, away from zeros and ones."""
    draw = np.random.default_rng(0)
    network.set_weights(
        [w + 0.3 * draw.random(w.shape) for w in network.get_weights()]
    )
    return network


def left(network):
    return [
        each.path
        for each in layer_paths.layers(network)
        if isinstance(each.layer, keras.layers.BatchNormalization)
    ]


def assert_same(network, folded):
    wanted = network_checks.outputs(network, CLIPS, training=False)
    found = network_checks.outputs(folded, CLIPS, training=False)
    assert np.ptp(wanted[0]) > 0.1
    network_checks.assert_same(found, wanted, atol=1e-4)


@pytest.mark.parametrize(
    "layer",
    (
        keras.layers.Dense(5),
        keras.layers.Dense(5, use_bias=False),
        keras.layers.Conv3D(5, 3, use_bias=False),
        keras.layers.Conv3D(6, 3, groups=3, dilation_rate=2, padding="same"),
        pointwise_convolution.PointwiseConvolution(5, use_bias=False),
        depthwise.DepthwiseConv3D((3, 3, 3)),
        depthwise.DepthwiseConv3D((3, 1, 1), use_bias=True, time="causal"),
    ),
)
def test_layer_takes_the_normalisation_after_it(layer):
    clips = keras.Input(SHAPE)
    made = NORM(scale=False)(
        layer.__class__.from_config(layer.get_config())(clips)
    )
    network = random(keras.Model(clips, keras.layers.ReLU()(made)))
    folded = folding.without_normalization(network)
    assert not left(folded)
    assert_same(network, folded)


def test_nested_networks_are_folded_though_names_repeat():
    def nested(name, shape):
        inputs = keras.Input(shape)
        x = keras.layers.Dense(4, name="dense")(inputs)
        return keras.Model(inputs, NORM(name="norm")(x), name=name)

    clips = keras.Input(SHAPE)
    one, other = nested("one", SHAPE), nested("other", (*SHAPE[:3], 4))
    network = random(keras.Model(clips, other(NORM(name="norm")(one(clips)))))
    folded = folding.without_normalization(network)
    assert left(folded) == ["norm"]
    assert_same(network, folded)


def test_normalisation_stays_where_others_see_what_is_before_it():
    clips = keras.Input(SHAPE)
    x = keras.layers.Dense(4)(clips)
    network = random(keras.Model(clips, x + NORM()(x)))
    folded = folding.without_normalization(network)
    assert len(left(folded)) == 1
    assert_same(network, folded)


def test_normalisation_stays_behind_an_activation():
    clips = keras.Input(SHAPE)
    x = keras.layers.Dense(4, activation="relu")(clips)
    network = random(keras.Model(clips, NORM()(x)))
    assert len(left(folding.without_normalization(network))) == 1


def test_network_itself_is_not_changed():
    clips = keras.Input(SHAPE)
    network = random(keras.Model(clips, NORM()(keras.layers.Dense(4)(clips))))
    before = network.get_weights()
    folding.without_normalization(network)
    for one, other in zip(before, network.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_depthwise_image_convolutions_take_the_normalisation_after_them():
    clips = keras.Input(SHAPE)
    frames = keras.ops.reshape(clips, (-1, *SHAPE[1:]))
    layer = keras.layers.DepthwiseConv2D(3, depth_multiplier=2)
    network = random(keras.Model(clips, NORM()(layer(frames))))
    folded = folding.without_normalization(network)
    assert not left(folded)
    assert_same(network, folded)


def test_normalisation_of_another_axis_than_the_channels_stays():
    clips = keras.Input(SHAPE)
    frames = keras.ops.reshape(clips, (-1, *SHAPE[1:]))
    layer = keras.layers.Conv2D(6, 3, data_format="channels_first")
    network = keras.Model(clips, NORM(axis=-1)(layer(frames)))
    assert folding.without_normalization(network) is network


def test_layers_in_a_row_are_left_as_they_are():
    clips = keras.Input(SHAPE)
    row = keras.Sequential([keras.layers.Dense(4), NORM()])
    network = random(
        keras.Model(clips, NORM()(keras.layers.Dense(3)(row(clips))))
    )
    folded = folding.without_normalization(network)
    assert len(left(folded)) == 1
    assert_same(network, folded)
