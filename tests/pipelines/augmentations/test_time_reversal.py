import numpy as np
import pytest
import tensorflow as tf

from pipelines.augmentations import time_reversal
from tests import run_modes

CLIP = np.arange(3 * 2 * 2 * 3, dtype=np.uint8).reshape(3, 2, 2, 3)


@run_modes.both
def test_last_frame_comes_first(run):
    reverse = time_reversal.build(time_reversal.Config(probability=1.0))
    assert np.array_equal(run(reverse, CLIP, np.int64([3, 0])), CLIP[::-1])


@pytest.mark.parametrize("probability", [0.2, 0.5])
def test_share_of_reversed_clips_is_the_probability(probability):
    reverse = time_reversal.build(time_reversal.Config(probability))
    clips = tf.data.Dataset.range(400).map(
        lambda number: reverse(tf.constant(CLIP), tf.stack([3, number]))
    )
    backwards = [clip[0, 0, 0, 0] != 0 for clip in clips.as_numpy_iterator()]
    assert abs(np.mean(backwards) - probability) < 0.07
