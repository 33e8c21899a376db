import numpy as np
import pytest
import tensorflow as tf

from pipelines.augmentations import flip
from tests import run_modes

CLIP = np.arange(2 * 2 * 4 * 3, dtype=np.uint8).reshape(2, 2, 4, 3)


def flipped(run, probability, number=0):
    change = flip.build(flip.Config(probability=probability))
    return run(change, CLIP, np.array([3, number], np.int64)).numpy()


@run_modes.both
def test_columns_of_all_frames_are_mirrored(run):
    assert np.array_equal(flipped(run, 1.0), CLIP[:, :, ::-1])


@run_modes.both
def test_probability_0_changes_nothing(run):
    for number in range(10):
        assert np.array_equal(flipped(run, 0.0, number), CLIP)


@pytest.mark.parametrize("probability", [0.2, 0.5])
def test_share_of_mirrored_clips_is_the_probability(probability):
    change = flip.build(flip.Config(probability=probability))
    clips = tf.data.Dataset.range(400).map(
        lambda number: change(tf.constant(CLIP), tf.stack([3, number]))
    )
    mirrored = [clip[0, 0, 0, 0] != 0 for clip in clips.as_numpy_iterator()]
    assert abs(np.mean(mirrored) - probability) < 0.07
