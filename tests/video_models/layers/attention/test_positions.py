import numpy as np
import pytest

from video_models.layers.attention import positions


@pytest.mark.parametrize("features", [8, 128])
def test_positions_have_the_size_of_normalised_features(features):
    table = positions.sinusoids(12, features)
    size = np.sqrt(np.mean(np.square(table), axis=1))
    np.testing.assert_allclose(size, np.ones(12), rtol=1e-5)


def test_the_first_position_is_sines_of_0_then_cosines_of_0():
    root = np.float32(np.sqrt(2))
    assert positions.sinusoids(1, 4).tolist() == [[0, 0, root, root]]


def test_no_two_moments_have_the_same_position():
    table = positions.sinusoids(64, 16)
    assert len(np.unique(table.round(4), axis=0)) == 64


def test_an_odd_number_of_features_is_filled():
    assert positions.sinusoids(3, 5).shape == (3, 5)


def test_layer_adds_the_table():
    added = positions.AddPositions()(np.ones((2, 3, 4), np.float32))
    np.testing.assert_allclose(added[1], 1 + positions.sinusoids(3, 4))
