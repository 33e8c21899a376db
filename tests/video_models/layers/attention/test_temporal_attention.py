import dataclasses
import functools

import numpy as np
import pytest

from tests.contracts import network_checks
from tfrecords_tools.base import errors
from video_models.layers.attention import positions, rotary
from video_models.temporal import attention

FEATURES = network_checks.random_inputs((12, 8))
LOCAL = attention.Config(layers=1, heads=2, widening=2, window=2)
CAUSAL = dataclasses.replace(LOCAL, causal=True)
RELATIVE = dataclasses.replace(CAUSAL, positions="relative")


@functools.cache
def built(config):
    return attention.build(config, (12, 8))


def changed_by(config, step):
    """The time steps of the output that one of the input changes."""
    other = FEATURES.copy()
    other[:, step] = -other[:, step]
    difference = np.abs(built(config)(other) - built(config)(FEATURES))
    return np.flatnonzero(difference.max(axis=(0, 2)) > 1e-6).tolist()


def test_a_window_is_seen_on_both_sides():
    assert changed_by(LOCAL, 5) == [3, 4, 5, 6, 7]


def test_a_causal_window_is_seen_back_only():
    assert changed_by(CAUSAL, 5) == [5, 6, 7]


def test_without_a_window_causal_attention_sees_all_that_was():
    config = dataclasses.replace(CAUSAL, window=0)
    assert changed_by(config, 5) == list(range(5, 12))


def test_relative_positions_do_not_depend_on_the_start():
    network = built(RELATIVE)
    later = np.roll(FEATURES, 4, axis=1)
    found = network(later)[:, 6:]  # These see nothing that was wrapped.
    np.testing.assert_allclose(found, network(FEATURES)[:, 2:8], atol=1e-5)


def test_relative_positions_know_the_order():
    config = dataclasses.replace(RELATIVE, causal=False)
    network = attention.build(config, (12, 8))
    turned = network(FEATURES[:, ::-1])[:, ::-1]
    assert np.max(np.abs(turned - network(FEATURES))) > 1e-3


@pytest.mark.parametrize("size", [4, 5])
def test_rotation_keeps_lengths_and_shows_distances_alone(size):
    x = np.random.default_rng(0).normal(size=(1, 1, 1, size))
    x = np.float32(np.repeat(x, 6, axis=1))
    here, later = rotary.rotate(x), rotary.rotate(x, first=9)
    products = [np.einsum("bqhd,bkhd->qk", y, y) for y in (here, later)]
    np.testing.assert_allclose(*products, atol=1e-5)
    lengths = np.linalg.norm(here, axis=-1)
    np.testing.assert_allclose(lengths, np.linalg.norm(x, axis=-1), rtol=1e-5)


def test_positions_of_a_stream_are_those_of_the_table():
    layer = positions.AddPositions()
    count = np.array([[300], [7]], np.int32)
    found = layer(np.zeros((2, 5, 6), np.float32), count)
    table = positions.sinusoids(400, 6)
    wanted = np.stack([table[300:305], table[7:12]])
    np.testing.assert_allclose(found, wanted, atol=1e-4)


def test_local_attention_has_static_shapes_and_compiles():
    config = dataclasses.replace(RELATIVE, window=3)
    network = attention.build(config, (11, 8))
    inputs = FEATURES[:, :11]
    network_checks.assert_shapes_are_static(network, inputs)
    network_checks.assert_compiles(network, inputs)


def test_gradient_reaches_every_moment_through_windows():
    network_checks.assert_gradient_reaches_inputs(built(LOCAL), FEATURES)


@pytest.mark.parametrize(
    "settings", [{"causal": False}, {"window": 0}], ids=str
)
def test_attention_that_needs_too_much_does_not_stream(settings):
    config = dataclasses.replace(CAUSAL, **settings)
    with pytest.raises(errors.UserError, match="--temporal.causal=true"):
        attention.build_stream(config, (1, 8))


def test_relative_positions_want_two_features_a_head():
    config = dataclasses.replace(RELATIVE, heads=8)
    with pytest.raises(errors.UserError, match="fewer heads"):
        attention.build(config, (12, 8))
