import numpy as np
import pytest

from video_models.layers.attention import tokens


def test_the_first_place_is_0_in_sines_and_1_in_cosines():
    assert tokens.sinusoids(3, 6)[0].tolist() == [0, 1, 0, 1, 0, 1]


def test_the_second_pair_of_four_channels_turns_a_hundred_times_slower():
    table = tokens.sinusoids(2, 4)
    wanted = [np.sin(1.0), np.cos(1.0), np.sin(0.01), np.cos(0.01)]
    np.testing.assert_allclose(table[1], wanted, atol=1e-6)


@pytest.mark.parametrize("axis, varies", [(-2, 2), (-3, 1)])
def test_places_are_told_apart_along_their_axis(axis, varies):
    layer = tokens.LearnedPlaces(axis)
    added = np.array(layer(np.zeros((2, 3, 4, 5), np.float32)))
    assert layer.table.shape == (1, added.shape[varies], 5)
    moved = np.moveaxis(added, varies, 0)
    assert len(np.unique(moved.reshape(len(moved), -1), axis=0)) == len(moved)
    other = 3 - varies
    assert np.ptp(added, axis=other).max() == 0


def test_the_class_token_stands_first_for_every_example():
    layer = tokens.ClassToken()
    clip = np.random.default_rng(0).normal(size=(2, 3, 4, 5))
    found = np.array(layer(np.float32(clip)))
    assert found.shape == (2, 3, 5, 5)
    np.testing.assert_array_equal(found[:, :, 1:], np.float32(clip))
    assert np.ptp(found[:, :, 0], axis=(0, 1)).max() == 0
    np.testing.assert_array_equal(found[0, 0, 0], layer.token)


def test_a_longer_table_of_places_gives_its_first_rows():
    layer = tokens.LearnedPlaces(count=5)
    zeros = np.zeros((2, 3, 4), np.float32)
    added = layer(zeros)
    assert layer.table.shape == (1, 5, 4)
    np.testing.assert_array_equal(added[1], layer.table[0, :3])
