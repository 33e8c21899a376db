import numpy as np
import pytest
import tensorflow as tf

from pipelines.pixels import color_matrix


def mixed(color, saturation=1.0, hue=0.0):
    shares = color_matrix.channels(saturation, hue)
    return color_matrix.mix(tf.constant([color], tf.float32), shares)[0].numpy()


def test_nothing_is_changed_exactly():
    assert list(mixed([1.0, 77.0, 254.0])) == [1.0, 77.0, 254.0]


@pytest.mark.parametrize(
    "hue, color", [(1 / 3, [0, 200, 0]), (-1 / 3, [0, 0, 200])]
)
def test_third_of_a_circle_makes_green_or_blue_of_red(hue, color):
    np.testing.assert_allclose(
        mixed([200.0, 0.0, 0.0], hue=hue), color, atol=1e-3
    )


def test_saturation_0_leaves_the_luma():
    found = mixed([100.0, 50.0, 10.0], saturation=0.0)
    np.testing.assert_allclose(found, [29.9 + 29.35 + 1.14] * 3, rtol=1e-5)


def test_grey_and_turned_is_the_same_grey():
    found = mixed([100.0, 50.0, 10.0], saturation=0.0, hue=0.2)
    np.testing.assert_allclose(found, [60.39] * 3, rtol=1e-4)


@pytest.mark.parametrize("pixels", [1, 4, 5, 8])
def test_grouped_pixels_are_mixed_as_single_ones(pixels):
    colors = np.random.default_rng(1).uniform(0, 255, (pixels, 3))
    shares = color_matrix.channels(0.5, 0.1)
    together = color_matrix.mix(tf.constant(colors, tf.float32), shares)
    alone = [mixed(list(color), 0.5, 0.1) for color in colors]
    np.testing.assert_allclose(together, alone, rtol=1e-5)


def test_mean_luma_is_of_all_pixels():
    clip = np.zeros((2, 3, 5, 3), np.float32)
    clip[1, 2] = [100.0, 0.0, 0.0]  # 5 of 30 pixels
    assert float(color_matrix.mean_luma(clip)) == pytest.approx(29.9 / 6)
