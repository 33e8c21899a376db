import numpy as np
import pytest
import tensorflow as tf

from pipelines.pixels import smoothing
from tests import run_modes


def dot():
    """Black but for one white pixel in the middle of frame 1."""
    clip = np.zeros((2, 13, 15, 3), np.uint8)
    clip[1, 6, 7] = 255
    return clip


def blurred(clip, sigma, radius=3):
    return smoothing.gaussian(tf.constant(clip), sigma, radius).numpy()


def sharpened(clip, factor, run=run_modes.eagerly):
    return run(smoothing.sharpen, clip, np.float32(factor)).numpy()


def test_dot_becomes_the_bell():
    bell = np.exp(-0.5 * np.arange(-3, 4.0) ** 2)
    bell /= bell.sum()
    wanted = 255 * np.outer(bell, bell)
    found = blurred(dot(), 1.0)[1, 3:10, 4:11, 0]
    assert np.abs(found - wanted).max() <= 0.5


def test_nothing_leaks_into_another_frame():
    assert blurred(dot(), 1.0)[0].max() == 0


@pytest.mark.parametrize("sigma", [0.1, 1.0, 3.0])
def test_even_colour_stays_up_to_the_edge(sigma):
    clip = np.tile(np.uint8([10, 100, 250]), (2, 5, 6, 1))
    assert np.array_equal(blurred(clip, sigma, 9), clip)


def test_tiny_deviation_changes_nothing():
    assert np.array_equal(blurred(dot(), 0.1), dot())


@run_modes.both
def test_factor_0_is_the_smooth_filter_of_pil(run):
    found = sharpened(dot(), 0.0, run)[1, 5:8, 6:9, 0]
    around = round(255 / 13)
    wanted = np.full((3, 3), around)
    wanted[1, 1] = round(255 * 5 / 13)
    assert np.array_equal(found, wanted)


def test_factor_1_changes_nothing():
    assert np.array_equal(sharpened(dot(), 1.0), dot())


def test_factor_2_goes_as_far_the_other_way():
    clip = np.full((1, 5, 5, 3), 100, np.uint8)
    clip[0, 2, 2] = 113  # smoothed: 100 + 13 * 5 / 13 = 105, around it 101
    found = sharpened(clip, 2.0)[0, :, :, 0]
    assert found[2, 2] == 121
    assert found[1, 1] == 99


@pytest.mark.parametrize("factor", [0.0, 1.9])
def test_edge_pixels_stay(factor):
    clip = np.random.default_rng(0).integers(0, 256, (2, 6, 8, 3), np.uint8)
    same = sharpened(clip, factor) == clip
    assert same[:, [0, -1]].all() and same[:, :, [0, -1]].all()
