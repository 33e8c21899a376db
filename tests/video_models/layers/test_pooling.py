import numpy as np
import pytest
import tensorflow as tf

from video_models.layers import pooling

VOLUME = np.random.default_rng(0).uniform(0, 1, (2, 5, 7, 6, 3))
VOLUME = VOLUME.astype(np.float32)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(
    "window, strides",
    [((3, 3, 3), (1, 1, 1)), ((3, 3, 3), (2, 2, 2)), ((1, 2, 2), (1, 2, 2))],
)
def test_max_pool_is_that_over_three_axes(window, strides, padding):
    found = pooling.max_pool(VOLUME, window, strides, "pool", padding)
    wanted = tf.nn.max_pool3d(VOLUME, window, strides, padding.upper())
    np.testing.assert_array_equal(found, wanted)


def test_max_pool_pads_both_sides_where_told_how_much():
    row = np.float32([1, 2, 3, 4]).reshape(1, 1, 1, 4, 1)
    found = pooling.max_pool(row, (1, 1, 2), (1, 1, 2), "pool", (0, 0, 1))
    assert np.ravel(found).tolist() == [1, 3, 4]


def test_average_pool_is_that_over_three_axes():
    found = pooling.average_pool(VOLUME, (2, 7, 3), "pool")
    wanted = tf.nn.avg_pool3d(VOLUME, (2, 7, 3), 1, "VALID")
    np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_a_window_of_one_leaves_the_volume_alone():
    found = pooling.max_pool(VOLUME, (1, 1, 1), (1, 1, 1), "pool")
    np.testing.assert_array_equal(found, VOLUME)
