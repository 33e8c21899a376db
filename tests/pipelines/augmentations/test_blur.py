import numpy as np
import pytest
import tensorflow as tf

from pipelines.augmentations import blur
from tests import run_modes
from tfrecords_tools.base import errors


def blurred(clip, number=0, run=run_modes.eagerly, **config):
    change = blur.build(blur.Config(**config))
    return run(change, clip, np.array([6, number], np.int64)).numpy()


def line():
    """uint8 [2, 5, 41, 3], white from the middle on."""
    clip = np.zeros((2, 5, 41, 3), np.uint8)
    clip[:, :, 20:] = 255
    return clip


@run_modes.both
def test_slope_of_an_edge_is_that_of_the_deviation(run):
    found = blurred(
        line(), run=run, probability=1.0, min_sigma=4.0, max_sigma=4.0
    )
    row = found[0, 2, :, 0].astype(float)
    # The bell's peak, 1 / (4 sqrt(2 pi)) of 255.
    assert np.diff(row).max() == pytest.approx(25.4, abs=1.0)


def test_deviation_lies_within_its_limits():
    peaks = [
        np.diff(
            blurred(line(), n, probability=1.0, min_sigma=2.0, max_sigma=4.0)[
                0, 2, :, 0
            ].astype(float)
        ).max()
        for n in range(20)
    ]
    assert 24.4 < min(peaks) < 30.0
    assert 40.0 < max(peaks) < 52.0


def test_share_of_blurred_clips_is_the_probability():
    change = blur.build(blur.Config(probability=0.3, min_sigma=1.0))
    clips = tf.data.Dataset.range(300).map(
        lambda number: change(tf.constant(line()), tf.stack([3, number]))
    )
    found = [clip[0, 0, 19, 0] > 0 for clip in clips.as_numpy_iterator()]
    assert abs(np.mean(found) - 0.3) < 0.08


def test_limits_the_wrong_way_round_are_refused():
    with pytest.raises(errors.UserError, match="min_sigma=3.0 is above"):
        blur.Config(min_sigma=3.0, max_sigma=1.0)
