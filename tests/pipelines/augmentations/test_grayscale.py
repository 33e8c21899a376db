import numpy as np
import pytest
import tensorflow as tf

from pipelines.augmentations import grayscale
from tests import run_modes

CLIP = np.tile(np.uint8([100, 50, 10]), (2, 3, 4, 1))


@run_modes.both
def test_channels_become_the_luma(run):
    change = grayscale.build(grayscale.Config(probability=1.0))
    found = run(change, CLIP, np.array([1, 2], np.int64)).numpy()
    assert (found == 60).all()  # 29.9 + 29.35 + 1.14


@run_modes.both
def test_grey_stays_byte_for_byte(run):
    change = grayscale.build(grayscale.Config(probability=1.0))
    clip = np.repeat(np.arange(256, dtype=np.uint8), 3).reshape(1, 16, 16, 3)
    found = run(change, clip, np.array([1, 2], np.int64))
    assert np.array_equal(found, clip)


@pytest.mark.parametrize("probability", [0.2, 0.6])
def test_share_of_grey_clips_is_the_probability(probability):
    change = grayscale.build(grayscale.Config(probability=probability))
    clips = tf.data.Dataset.range(400).map(
        lambda number: change(tf.constant(CLIP), tf.stack([3, number]))
    )
    grey = [clip[0, 0, 0, 0] == 60 for clip in clips.as_numpy_iterator()]
    assert abs(np.mean(grey) - probability) < 0.08
