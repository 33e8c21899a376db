import numpy as np
import pytest
import tensorflow as tf

from pipelines.augmentations import crop
from tests import run_modes


def windows(shape, count=200, **config):
    """int [count, 4]: top, left, height, width."""
    draw = crop.window(crop.Config(**config))
    drawn = tf.data.Dataset.range(count).map(
        lambda number: draw(tf.constant(shape), tf.stack([5, number]))
    )
    return np.array(list(drawn.as_numpy_iterator()))


def test_window_is_a_square_of_the_share_of_the_short_side():
    drawn = windows([40, 80], fraction=0.75)
    assert (drawn[:, 2:] == 30).all()


def test_window_has_the_share_of_each_side_where_asked():
    drawn = windows([40, 80], fraction=0.75, square=False)
    assert (drawn[:, 2:] == [30, 60]).all()


def test_every_place_is_as_likely():
    top, left, *_ = windows([4, 6], count=600, fraction=0.75).T
    assert np.abs(np.bincount(top) / 600 - 1 / 2).max() < 0.06
    assert np.abs(np.bincount(left) / 600 - 1 / 4).max() < 0.06


def test_window_has_at_least_a_pixel():
    assert (windows([4, 4], fraction=0.05)[:, 2:] == 1).all()


@run_modes.both
@pytest.mark.parametrize("number", range(4))
def test_crop_shows_the_drawn_window(run, number):
    config, seed = crop.Config(fraction=0.5), np.int64([1, number])
    left = run(crop.window(config), np.int64([8, 8]), seed).numpy()[1]
    clip = np.zeros((1, 8, 8, 3), np.uint8)
    clip += np.arange(0, 80, 10, dtype=np.uint8)[:, None]
    found = run(crop.build(config), clip, seed).numpy()
    assert (found.min(), found.max()) == (10 * left, 10 * left + 30)
