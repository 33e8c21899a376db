import numpy as np
import pytest
import tensorflow as tf

from pipelines.augmentations import random_resized_crop
from tests import run_modes

SHAPE = np.array([240, 320], np.int64)


def windows(count=200, shape=SHAPE, **config):
    """int [count, 4]: top, left, height, width."""
    draw = random_resized_crop.window(random_resized_crop.Config(**config))
    drawn = tf.data.Dataset.range(count).map(
        lambda number: draw(tf.constant(shape), tf.stack([5, number]))
    )
    return np.array(list(drawn.as_numpy_iterator()))


def areas(drawn, shape=SHAPE):
    return drawn[:, 2] * drawn[:, 3] / shape.prod()


def test_area_is_as_stated():
    found = areas(windows(min_area=0.2, max_area=0.4))
    assert 0.19 < found.min() < 0.22
    assert 0.38 < found.max() < 0.41


def test_area_is_drawn_evenly():
    found = areas(windows(min_area=0.2, max_area=0.4))
    assert abs(found.mean() - 0.3) < 0.015


def test_aspect_is_as_stated_either_way():
    drawn = windows(min_area=0.2, max_area=0.4, aspect=2.0)
    found = drawn[:, 3] / drawn[:, 2]
    assert 0.48 < found.min() < 0.55
    assert 1.8 < found.max() < 2.05


def test_aspect_1_gives_squares():
    drawn = windows(min_area=0.2, max_area=0.4, aspect=1.0)
    assert np.array_equal(drawn[:, 2], drawn[:, 3])


def test_windows_reach_every_side_of_the_frame():
    shape = np.array([12, 16], np.int64)
    top, left, height, width = windows(shape=shape).T
    assert top.min() == 0 and (top + height).max() == 12
    assert left.min() == 0 and (left + width).max() == 16


def test_window_that_does_not_fit_is_shrunk():
    shape = np.array([50, 500], np.int64)
    drawn = windows(50, shape, min_area=1.0, aspect=1.0)
    # A square of the same area has sides of 158.
    assert {tuple(each) for each in drawn[:, 2:]} == {(50, 158)}


@run_modes.both
def test_whole_frame_comes_back_as_it_was(run):
    config = random_resized_crop.Config(min_area=1.0, aspect=1.0)
    change = random_resized_crop.build(config)
    clip = np.arange(2 * 8 * 8 * 3).reshape(2, 8, 8, 3).astype(np.uint8)
    found = run(change, clip, np.array([1, 2], np.int64))
    assert np.array_equal(found, clip)


@run_modes.both
@pytest.mark.parametrize("number", range(4))
def test_crop_shows_the_drawn_window(run, number):
    config = random_resized_crop.Config(min_area=0.3, max_area=0.5)
    seed = np.array([1, number], np.int64)
    shape = np.array([64, 64], np.int64)
    draw = random_resized_crop.window(config)
    left, width = run_modes.eagerly(draw, shape, seed).numpy()[[1, 3]]
    clip = np.zeros((1, 64, 64, 3), np.uint8)
    clip += np.arange(0, 256, 4, dtype=np.uint8)[:, None]
    found = run(random_resized_crop.build(config), clip, seed).numpy()
    middle = 4 * (left + (width - 1) / 2)
    assert abs(found.mean() - middle) < 4
