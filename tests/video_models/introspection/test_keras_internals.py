"""What `keras_internals` relies on, one fact of Keras a test."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from video_models.introspection import keras_internals


def twice_through_one_layer():
    x = keras.Input((4,))
    dense = keras.layers.Dense(4)
    return keras.Model(x, keras.layers.Dropout(0.5)(dense(dense(x)))), dense


def test_a_layer_knows_its_calls_in_their_order():
    network, dense = twice_through_one_layer()
    first, second = keras_internals.list_calls(dense)
    assert first.operation is second.operation is dense
    assert first.inputs[0] is network.inputs[0]
    assert first.outputs[0] is second.inputs[0]


def test_a_tensor_knows_the_call_that_made_it():
    network, dense = twice_through_one_layer()
    last = keras_internals.producing_call(network.outputs[0])
    assert isinstance(last.operation, keras.layers.Dropout)
    before = keras_internals.producing_call(last.inputs[0])
    assert before == keras_internals.list_calls(dense)[1]


def test_a_network_knows_the_order_of_its_calls():
    network, dense = twice_through_one_layer()
    found = keras_internals.calls_in_order(network)
    assert found[:2] == keras_internals.list_calls(dense)
    assert [x.outputs[0] for x in found][-1] is network.outputs[0]


def test_a_call_runs_again_with_other_values():
    _, dense = twice_through_one_layer()
    call, values = keras_internals.list_calls(dense)[0], np.ones((2, 4))
    found = call.run({id(call.inputs[0]): values})
    np.testing.assert_array_equal(found, dense(values))


@pytest.mark.parametrize("training, changed", [(False, False), (True, True)])
def test_a_call_runs_again_in_another_mode(training, changed):
    network, _ = twice_through_one_layer()
    call = keras_internals.producing_call(network.outputs[0])
    values = np.ones((9, 9))
    found = call.run({id(call.inputs[0]): values}, training=training)
    assert np.any(found != values) == changed


def test_a_layer_without_a_mode_takes_the_mode_of_training():
    dense = keras.layers.Dense(2)
    assert dense(np.ones((1, 3)), training=True).shape == (1, 2)


def test_variables_that_nobody_drew_are_forgotten():
    with keras.StatelessScope(initialize_variables=False):
        layer = keras.layers.Dense(2)
        layer.build((None, 3))
    keras_internals.forget_uninitialized_variables()
    with keras.StatelessScope():
        pass  # Its end draws all that still wait.
    assert layer.kernel._value is None


def test_variables_that_are_not_forgotten_are_drawn():
    with keras.StatelessScope(initialize_variables=False):
        layer = keras.layers.Dense(2)
        layer.build((None, 3))
    with keras.StatelessScope():
        pass
    assert layer.kernel._value is not None


def test_gradients_are_applied_as_they_are():
    optimizer, weight = keras.optimizers.SGD(1.0), keras.Variable([3.0])
    optimizer.build([weight])
    summed = []
    keep = optimizer._all_reduce_sum_gradients
    optimizer._all_reduce_sum_gradients = lambda x: summed.append(x) or keep(x)
    optimizer.apply([tf.constant([1.0])], [weight])
    assert summed  # The hook that Keras sums by.
    keras_internals.leave_gradients_unsummed(optimizer)
    optimizer.apply([tf.constant([1.0])], [weight])
    assert len(summed) == 1 and float(weight[0]) == 1.0


def test_an_optimizer_knows_the_place_of_a_variable():
    weights = [keras.Variable([1.0]) for _ in range(3)]
    optimizer = keras.optimizers.SGD()
    optimizer.build(weights)
    places = [keras_internals.variable_index(optimizer, w) for w in weights]
    assert places == [0, 1, 2]


def test_only_weights_of_the_layer_itself_are_renamed():
    class Holder(keras.layers.Layer):
        def build(self, shape):
            self.own = self.add_weight(name="own", shape=(1,))
            self.inner = keras.layers.Dense(1)
            self.inner.build(shape)

    layer = Holder()
    layer.build((None, 1))
    before = layer.inner.kernel.path
    keras_internals.name_own_weights(layer, "stage1/block2")
    assert layer.own.path == "stage1/block2/own"
    assert layer.inner.kernel.path == before


@pytest.mark.full
def test_efficient_net_of_all_stages_is_that_of_keras():
    found = keras_internals.efficient_net(1.0, 1.0, 32, 7, include_top=False)
    wanted = keras.applications.EfficientNetB0(
        include_top=False, weights=None, input_shape=(32, 32, 3)
    )
    assert [w.shape for w in found.weights] == [w.shape for w in wanted.weights]
