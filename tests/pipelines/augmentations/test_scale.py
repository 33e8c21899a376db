import numpy as np
import pytest
import tensorflow as tf

from pipelines.augmentations import scale
from tests import run_modes
from tfrecords_tools.base import errors

SEED = np.int64([3, 5])
# Columns of 0, 10, 20, 30.
RAMP = np.zeros((2, 4, 4, 3), np.uint8) + np.uint8([[0], [10], [20], [30]])


def zoomed(run, clip, seed=SEED, **config):
    return run(scale.build(scale.Config(**config)), clip, seed).numpy()


@run_modes.both
def test_zoom_of_2_shows_the_middle_half(run):
    found = zoomed(run, RAMP, min_zoom=2.0, max_zoom=2.0)
    # 10 and 20 on twice the width: a quarter and three quarters between.
    assert found[1, 0, :, 0].tolist() == [10, 13, 18, 20]


@run_modes.both
def test_half_the_size_lies_in_the_middle_of_black(run):
    found = zoomed(run, RAMP, min_zoom=0.5, max_zoom=0.5, fill="black")
    middle = [0, 5, 25, 0]
    wanted = [[0] * 4, middle, middle, [0] * 4]
    assert found[1, ..., 0].tolist() == wanted


@run_modes.both
def test_edge_fills_the_margin(run):
    found = zoomed(run, RAMP, min_zoom=0.5, max_zoom=0.5)
    assert found[1, ..., 0].tolist() == [[5, 5, 25, 25]] * 4


def zooms(least, most):
    """By how much a white square of 20 pixels grows or shrinks."""
    change = tf.function(scale.build(scale.Config(least, most, "black")))
    clip = np.zeros((1, 60, 60, 3), np.uint8)
    clip[:, 20:40, 20:40] = 255
    found = [
        change(clip, np.int64([3, number])).numpy() for number in range(200)
    ]
    return np.sqrt([each.mean() / clip.mean() for each in found])


def test_zooms_reach_either_limit_and_no_further():
    found = zooms(0.5, 2.0)
    assert 0.45 < found.min() < 0.55
    assert 1.9 < found.max() < 2.1


def test_zooming_in_and_out_is_as_likely():
    assert abs(np.log(zooms(0.5, 2.0)).mean()) < 0.06


def test_limits_in_the_wrong_order_are_refused():
    with pytest.raises(errors.UserError, match="min_zoom=2.0 is above"):
        scale.Config(min_zoom=2.0, max_zoom=1.0)
