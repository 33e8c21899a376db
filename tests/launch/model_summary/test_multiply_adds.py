import keras
import pytest
import tensorflow as tf

from launch.model_summary import network_graph
from tests import published_networks
from tfrecords_tools.base import errors

layers, ops = keras.layers, keras.ops


def count(shape, *chain):
    inputs = outputs = keras.Input(shape)
    for layer in chain:
        outputs = layer(outputs)
    return published_networks.count_multiply_adds(keras.Model(inputs, outputs))


def test_dense_has_one_for_each_pair():
    assert count((7, 3), layers.Dense(5)) == 7 * 3 * 5


def test_bias_norm_activation_and_pooling_have_none():
    chain = (
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.AveragePooling2D(2),
        layers.GlobalAveragePooling2D(),
    )
    assert count((4, 4, 3), *chain) == 0


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_convolution_sees_its_kernel_at_every_place(axes):
    layer = getattr(layers, f"Conv{axes}D")
    made = layer(5, 3, strides=2, padding="same", use_bias=True)
    assert count((8,) * axes + (2,), made) == 4**axes * 5 * 3**axes * 2


def test_grouped_convolution_sees_the_channels_of_its_group():
    made = layers.Conv2D(6, 3, groups=2, padding="same")
    assert count((4, 4, 8), made) == 4 * 4 * 6 * 3 * 3 * 4


def test_depthwise_convolution_sees_one_channel():
    made = layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same")
    assert count((4, 4, 5), made) == 4 * 4 * 10 * 3 * 3


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_transposed_convolution_spreads_every_input(axes):
    layer = getattr(layers, f"Conv{axes}DTranspose")
    made = layer(5, 3, strides=2, padding="same")
    assert count((4,) * axes + (2,), made) == 4**axes * 2 * 3**axes * 5


def test_attention_has_four_projections_and_two_products():
    x = keras.Input((10, 8))
    y = layers.MultiHeadAttention(2, 4, flash_attention=False)(x, x)
    found = published_networks.count_multiply_adds(keras.Model(x, y))
    assert found == 4 * 10 * 8 * 8 + 2 * 10 * 10 * 8


@pytest.mark.parametrize(
    "equation, kernel, times",
    [
        ("bti,io->bto", (3, 4), 7 * 3 * 4),
        ("...i,io->...o", (3, 4), 7 * 3 * 4),
        ("bti,bsi->bts", (1, 5, 3), 7 * 5 * 3),
    ],
)
def test_einsum_has_the_product_of_its_axes(equation, kernel, times):
    x = keras.Input((7, 3), batch_size=1)
    y = ops.einsum(equation, x, ops.ones(kernel))
    assert published_networks.count_multiply_adds(keras.Model(x, y)) == times


def test_products_of_transposed_matrices():
    x = keras.Input((7, 3))
    product = ops.matmul(ops.transpose(x, (0, 2, 1)), x)
    found = published_networks.count_multiply_adds(keras.Model(x, product))
    assert found == 3 * 7 * 3


class Twice(layers.Layer):
    """A compiled function that calls another, with a way to choose."""

    def call(self, inputs):
        @tf.function(jit_compile=True)
        def inner(x):
            wide = tf.ones((3, 6))
            return tf.cond(
                tf.reduce_sum(x) > 0,
                lambda: x @ wide @ tf.transpose(wide),
                lambda: x,
            )

        @tf.function
        def outer(x):
            return inner(x) + inner(x)

        return outer(inputs)


def test_functions_in_functions_are_followed_into_the_longest_branch():
    assert count((3,), Twice()) == 2 * (3 * 6 + 6 * 3)


def test_loop_counts_as_often_as_it_runs():
    gates = 4 * 2 * (3 + 2)
    assert count((5, 3), layers.LSTM(2, use_bias=False)) == 5 * gates


class Endless(layers.Layer):
    """A loop whose length depends on the values."""

    def call(self, inputs):
        condition = lambda x: tf.reduce_sum(x) < 9  # noqa: E731
        return tf.while_loop(condition, lambda x: [x + x], [inputs])[0]

    def compute_output_spec(self, inputs):
        return keras.KerasTensor(inputs.shape, inputs.dtype)


def test_loop_of_unknown_length_is_refused():
    with pytest.raises(errors.UserError, match="unknown length"):
        count((3,), Endless())


def test_outputs_that_nobody_asks_for_are_not_counted():
    x = keras.Input((3,))
    parts = {"used": layers.Dense(2)(x), "unused": layers.Dense(9)(x)}
    inner = keras.Model(x, parts)
    outer = keras.Input((3,))
    network = keras.Model(outer, inner(outer)["used"])
    assert published_networks.count_multiply_adds(network) == 3 * 2


def test_network_without_weights_has_the_same_count():
    def build():
        x = keras.Input((4, 4, 3))
        y = layers.BatchNormalization()(layers.Conv2D(5, 3)(x))
        return keras.Model(x, layers.Dropout(0.5)(y))

    bare = network_graph.without_weights(build)
    counted = map(published_networks.count_multiply_adds, (bare, build()))
    assert len(set(counted)) == 1
    assert bare.count_params() == build().count_params()
    assert all(variable._value is None for variable in bare.variables)


def test_inputs_by_name_are_understood():
    inputs = {name: keras.Input((3,), name=name) for name in ("a", "b")}
    network = keras.Model(inputs, layers.Dense(2)(inputs["a"] + inputs["b"]))
    assert published_networks.count_multiply_adds(network) == 3 * 2
