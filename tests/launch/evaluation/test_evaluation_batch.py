import keras
import pytest
import tensorflow as tf

from launch.evaluation import evaluation_batch


def network(side):
    """Its largest activation has side * side MiB per clip."""
    frames = keras.Input((1, side * 512, side * 512, 1))
    return keras.Model(frames, keras.layers.ReLU()(frames))


@pytest.fixture
def cpu():
    return tf.distribute.OneDeviceStrategy("/cpu:0")


def choose(side, strategy, batch_size=64, views=1):
    return evaluation_batch.choose_batch_size(
        {"network": network(side)}, strategy, batch_size, views
    )


def test_small_networks_keep_the_batch_size_of_training(cpu):
    assert choose(1, cpu, batch_size=32) == 32


def test_the_largest_activation_stays_within_32_mib(cpu):
    assert choose(4, cpu) == 2


def test_views_of_a_clip_count_as_clips(cpu):
    assert choose(2, cpu, views=4) == 2


def test_one_clip_is_the_minimum(cpu):
    assert choose(8, cpu) == 1


def test_layers_of_nested_networks_count(cpu):
    inner = network(4)
    frames = keras.Input(inner.input.shape[1:])
    pooled = keras.layers.GlobalMaxPool3D()(inner(frames))
    outer = {"outer": keras.Model(frames, pooled)}
    assert evaluation_batch.choose_batch_size(outer, cpu, 64) == 2


def test_accelerators_keep_the_batch_size_of_training(cpu, monkeypatch):
    monkeypatch.setattr(tf.config, "list_logical_devices", lambda kind: [kind])
    assert choose(8, cpu) == 64


def test_the_default_strategy_is_taken():
    assert choose(4, tf.distribute.get_strategy()) == 2
