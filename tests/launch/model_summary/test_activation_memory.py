import keras
import pytest

from launch.model_summary import activation_memory, network_graph
from video_models.layers import batch_normalization

layers, ops = keras.layers, keras.ops


def kept(shape, *chain):
    inputs = outputs = keras.Input(shape)
    for layer in chain:
        outputs = layer(outputs)
    return activation_memory.count_activation_bytes(
        keras.Model(inputs, outputs)
    )


def test_a_layer_keeps_what_it_multiplied_but_not_the_clip():
    assert kept((3,), layers.Dense(4), layers.Dense(5), layers.Dense(2)) == 36


def test_relu_is_kept_once_for_itself_and_the_next_layer():
    assert kept((3,), layers.Dense(4), layers.ReLU(), layers.Dense(2)) == 16


def test_another_shape_of_the_same_values_is_nothing_new():
    bent = (layers.Reshape((2, 2)), layers.Flatten())
    assert kept((3,), layers.Dense(4), *bent, layers.Dense(2)) == 16


@pytest.mark.parametrize(
    "norm", [layers.BatchNormalization, batch_normalization.BatchNormalization]
)
def test_normalization_keeps_its_input(norm):
    few = 4 * 4 * 8  # Mean, variance and what is made of them.
    found = kept((10, 10, 3), layers.Conv2D(8, 1), norm())
    assert 4 * 100 * 8 <= found <= 4 * 100 * 8 + few


def test_a_sum_keeps_nothing():
    x = keras.Input((3,))
    y = layers.Dense(4)(x)
    assert activation_memory.count_activation_bytes(keras.Model(x, y + y)) == 0


def test_bfloat16_keeps_half_and_no_converted_weights():
    chain = [layers.Dense(4, dtype="mixed_bfloat16") for _ in range(2)]
    converted_clip = 2 * 3
    assert kept((3,), *chain) == converted_clip + 2 * 4


def test_dropout_keeps_its_choice():
    dropout = kept((3,), layers.Dense(4), layers.Dropout(0.5), layers.Dense(2))
    assert dropout > kept((3,), layers.Dense(4), layers.Dense(2))


def test_weights_are_not_needed():
    def build():
        x = keras.Input((3,))
        return keras.Model(x, layers.Dense(2)(layers.Dense(4)(x)))

    bare = network_graph.without_weights(build)
    assert activation_memory.count_activation_bytes(bare) == 16
