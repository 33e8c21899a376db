import numpy as np

from video_models.layers.fusion import time_average


def test_columns_of_a_quarter_count_alike():
    found = time_average.weights(2, 8, (0.5, 1.0), (0.125, 0.25))
    quarters = [0.25] * 4
    assert found.tolist() == [quarters + [0] * 4, [0] * 4 + quarters]


def test_a_column_that_overlaps_by_half_counts_half():
    # Columns reach over 0 to 1, 1 to 2; the time step over 0 to 1.5.
    found = time_average.weights(1, 2, (0.75, 1.5), (0.5, 1.0))
    np.testing.assert_allclose(found, [[2 / 3, 1 / 3]], rtol=1e-6)


def test_the_nearest_column_counts_where_none_overlaps():
    found = time_average.weights(3, 2, (0.0, 2.0), (-0.25, 0.5))
    assert found.tolist() == [[0.5, 0.5], [0, 1], [0, 1]]


def test_coarse_columns_are_repeated():
    found = time_average.weights(4, 2, (0.0, 0.5), (0.25, 1.0))
    assert found.tolist() == [[1, 0], [1, 0], [0, 1], [0, 1]]


def test_all_count_alike_without_a_clock():
    found = time_average.weights(2, 4, None, (0.0, 1.0))
    assert found.tolist() == [[0.25] * 4] * 2


def test_time_steps_that_are_not_there_do_not_count():
    layer = time_average.TimeAverage(1)
    x = np.float32([[[1.0], [3.0], [99.0]]])
    found, there = layer(x, np.float32([[1, 1, 0]]))
    assert (found.numpy().tolist(), there.numpy().tolist()) == ([[[2]]], [[1]])


def test_nothing_is_there_where_no_time_step_is():
    layer = time_average.TimeAverage(1)
    found, there = layer(np.ones((1, 3, 1), "float32"), np.zeros((1, 3)))
    assert (found.numpy().tolist(), there.numpy().tolist()) == ([[[0]]], [[0]])
