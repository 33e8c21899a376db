import keras
import numpy as np
import pytest
import tensorflow as tf

from launch.training import averaging


def network():
    inputs = keras.Input((1,))
    x = keras.layers.BatchNormalization(name="norm")(inputs)
    dense = keras.layers.Dense(1, use_bias=False, name="dense")
    return keras.Model(inputs, dense(x))


def averages_of(weights, **settings):
    """The average after each step, the kernel being `weights` in turn."""
    built = network()
    kernel = built.get_layer("dense").kernel
    kernel.assign([[weights[0]]])
    averages = averaging.Averages({"it": built}, **settings)
    own = averages.copies["it"].get_layer("dense").kernel
    found = []
    for step, value in enumerate(weights):
        kernel.assign([[value]])
        averages.update(tf.constant(step, tf.int64))
        found.append(float(own.numpy()[0, 0]))
    return found


def test_average_forgets_as_slowly_as_its_decay():
    found = averages_of([0.0] * 90 + [1.0, 1.0], decay=0.75)
    assert found[-2:] == pytest.approx([0.25, 0.25 * 0.75 + 0.25])


def test_even_average_is_the_mean_of_the_steps_since():
    found = averages_of([9.0, 1.0, 3.0, 8.0], decay=0.5, average_from=1)
    assert found[1:] == pytest.approx([1.0, 2.0, 4.0])


def test_other_variables_are_copied():
    built = network()
    averages = averaging.Averages({"it": built}, decay=0.9)
    built.get_layer("norm").moving_mean.assign([5.0])
    averages.update(tf.constant(0, tf.int64))
    own = averages.copies["it"].get_layer("norm").moving_mean
    np.testing.assert_array_equal(own, [5.0])


def test_averages_begin_anew_from_other_weights():
    built = network()
    averages = averaging.Averages({"it": built}, decay=0.9)
    built.get_layer("dense").kernel.assign([[7.0]])
    averages.reset({"it": built})
    own = averages.copies["it"].get_layer("dense").kernel
    np.testing.assert_array_equal(own, [[7.0]])
