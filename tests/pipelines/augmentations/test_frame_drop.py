import numpy as np
import tensorflow as tf

from pipelines.augmentations import frame_drop
from tests import run_modes

# Every pixel holds the number of its frame.
CLIP = np.zeros((12, 2, 2, 3), np.uint8)
CLIP += np.arange(12, dtype=np.uint8)[:, None, None, None]


def shown(probability, count=100):
    """int [count, 12], numbers of the frames that are shown."""
    drop = frame_drop.build(frame_drop.Config(probability))
    clips = tf.data.Dataset.range(count).map(
        lambda number: drop(tf.constant(CLIP), tf.stack([3, number]))
    )
    return np.array([clip[:, 0, 0, 0] for clip in clips.as_numpy_iterator()])


@run_modes.both
def test_first_frame_stays_when_all_are_lost(run):
    drop = frame_drop.build(frame_drop.Config(probability=1.0))
    assert (run(drop, CLIP, np.int64([3, 0])).numpy() == 0).all()


def test_lost_frame_is_the_one_shown_before_it():
    for numbers in shown(0.5):
        before = np.concatenate([[0], numbers[:-1]])
        arrived = numbers == np.arange(12)
        assert (arrived | (numbers == before)).all()


def test_share_of_lost_frames_is_the_probability():
    lost = shown(0.3) != np.arange(12)
    assert abs(lost[:, 1:].mean() - 0.3) < 0.04
