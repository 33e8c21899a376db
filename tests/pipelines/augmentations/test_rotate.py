import numpy as np
import tensorflow as tf

from pipelines.augmentations import rotate
from tests import run_modes

SEEDS = [np.int64([3, number]) for number in range(200)]
GREY = np.full((1, 9, 9, 3), 200, np.uint8)


def turned(run, clip, seed=SEEDS[0], **config):
    return run(rotate.build(rotate.Config(**config)), clip, seed).numpy()


def spot(row, column):
    """One white pixel on black."""
    clip = np.zeros((1, 41, 41, 3), np.uint8)
    clip[:, row, column] = 255
    return clip


def angles(degrees):
    """Where a pixel right of the centre comes to lie, degrees downwards."""
    change = tf.function(rotate.build(rotate.Config(degrees=degrees)))
    row, column = np.indices((41, 41)) - 20
    found = []
    for seed in SEEDS:
        light = change(spot(20, 36), seed).numpy()[0, ..., 0].astype(float)
        place = (light * row).sum(), (light * column).sum()
        found.append(np.degrees(np.arctan2(*place)))
    return np.array(found)


def test_angles_reach_either_limit_and_no_further():
    found = angles(30.0)
    assert -31 < found.min() < -28
    assert 28 < found.max() < 31


def test_angles_are_drawn_evenly():
    found = angles(30.0)
    assert abs(found.mean()) < 3
    assert abs(np.abs(found).mean() - 15) < 2


@run_modes.both
def test_centre_stays(run):
    for seed in SEEDS[:5]:
        found = turned(run, spot(20, 20), seed, degrees=180.0)
        assert found[0, 20, 20].tolist() == [255, 255, 255]


@run_modes.both
def test_edge_fills_the_corners(run):
    for seed in SEEDS[:5]:
        found = turned(run, GREY, seed, degrees=180.0)
        assert np.array_equal(found, GREY)


@run_modes.both
def test_black_fills_the_corners_where_asked(run):
    seed = max(SEEDS, key=lambda s: tf.random.stateless_uniform((), s))
    found = turned(run, GREY, seed, degrees=45.0, fill="black")
    assert set(np.unique(found)) == {0, 200}
    assert found[0, 0, 0, 0] == 0
    assert (found[0, 2:7, 2:7] == 200).all()
