import keras
import numpy as np
import pytest
import tensorflow as tf

from video_models.layers import randomness

ONES = np.ones((4, 50), np.float32)


def draw(replica, compiled=False):
    layer = randomness.Dropout(0.5, seed=3)

    @tf.function(jit_compile=compiled)
    def call(number):
        with randomness.replica(number):
            return layer(ONES, training=True)

    return call(tf.constant(replica)).numpy()


@pytest.mark.parametrize("compiled", [False, True])
def test_dropout_differs_between_replicas(compiled):
    assert np.any(draw(0, compiled) != draw(1, compiled))


@pytest.mark.parametrize("compiled", [False, True])
def test_dropout_of_one_replica_is_reproducible(compiled):
    np.testing.assert_array_equal(draw(1, compiled), draw(1, compiled))


def test_dropout_without_a_replica_is_that_of_replica_0():
    layer = randomness.Dropout(0.5, seed=3)
    np.testing.assert_array_equal(layer(ONES, training=True), draw(0))


def test_the_state_does_not_depend_on_the_replica():
    states = []
    for number in (0, 1):
        layer = randomness.Dropout(0.5, seed=3)
        with randomness.replica(number):
            layer(ONES, training=True)
        states.append(layer.seed_generator.state.numpy())
    np.testing.assert_array_equal(*states)


def test_dropout_differs_from_call_to_call():
    layer = randomness.Dropout(0.5, seed=3)
    first, second = (layer(ONES, training=True) for _ in range(2))
    assert np.any(first != second)


def test_dropout_keeps_the_mean():
    kept = randomness.Dropout(0.25, seed=3)(np.ones((200, 200)), training=True)
    assert set(np.unique(kept)) == {0.0, np.float32(1 / 0.75)}
    assert np.mean(kept) == pytest.approx(1.0, abs=0.02)


def test_dropout_leaves_inference_alone():
    kept = randomness.Dropout(0.5)(ONES, training=False)
    np.testing.assert_array_equal(kept, ONES)


def test_a_saved_network_goes_on_with_the_next_draw(tmp_path):
    inputs = keras.Input((50,))
    network = keras.Model(inputs, randomness.Dropout(0.5, seed=3)(inputs))
    network(ONES, training=True)
    network.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras")
    np.testing.assert_array_equal(
        loaded(ONES, training=True), network(ONES, training=True)
    )


def left_out(replica=0, rate=0.5, shape=(64, 3, 2)):
    """Which examples a stochastic depth of seed 3 leaves out."""
    layer = randomness.StochasticDepth(rate, seed=3)
    with randomness.replica(replica):
        kept = np.array(layer(np.ones(shape, np.float32), training=True))
    # Whole examples, and no other values than these.
    rows = kept.reshape(len(kept), -1)
    assert np.all(rows == rows[:, :1])
    assert set(np.unique(rows)) == {0.0, np.float32(1 / (1 - rate))}
    return rows[:, 0] == 0.0


def test_stochastic_depth_leaves_out_whole_examples():
    assert 10 < left_out().sum() < 54


def test_stochastic_depth_keeps_the_mean():
    dropped = left_out(rate=0.25, shape=(4000, 1)).mean()
    assert dropped == pytest.approx(0.25, abs=0.03)


def test_stochastic_depth_differs_between_replicas():
    assert np.any(left_out(0) != left_out(1))
    np.testing.assert_array_equal(left_out(1), left_out(1))


def test_stochastic_depth_leaves_inference_alone():
    kept = randomness.StochasticDepth(0.5)(ONES, training=False)
    np.testing.assert_array_equal(kept, ONES)


def test_saved_stochastic_depth_goes_on_with_the_next_draw(tmp_path):
    inputs = keras.Input((50,))
    layer = randomness.StochasticDepth(0.5, seed=3)
    network = keras.Model(inputs, layer(inputs))
    many = np.ones((64, 50), np.float32)
    network(many, training=True)
    network.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras")
    np.testing.assert_array_equal(
        loaded(many, training=True), network(many, training=True)
    )
