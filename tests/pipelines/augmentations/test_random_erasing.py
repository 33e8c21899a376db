import numpy as np
import pytest
import tensorflow as tf

from pipelines.augmentations import random_erasing
from tests import run_modes

SEEDS = [np.int64([3, number]) for number in range(200)]
CLIP = np.full((2, 30, 40, 3), 200, np.uint8)


def erased(run, seed, **config):
    config = random_erasing.Config(**{"probability": 1.0, **config})
    return run(random_erasing.build(config), CLIP, seed).numpy()


def boxes(**config):
    """bool [200, 30, 40], what is covered with each seed."""
    config = {"probability": 1.0, "fill": "zero", **config}
    change = random_erasing.build(random_erasing.Config(**config))
    change = tf.function(change)
    return np.array([change(CLIP, s).numpy()[0, ..., 0] == 0 for s in SEEDS])


def test_covered_area_is_as_stated():
    areas = boxes(min_area=0.1, max_area=0.3).mean((1, 2))
    assert 0.09 < areas.min() < 0.12
    assert 0.28 < areas.max() < 0.31
    assert abs(areas.mean() - 0.2) < 0.02


def test_covered_pixels_are_one_box():
    for box in boxes()[:20]:
        rows, columns = np.nonzero(box)
        sides = np.ptp(rows) + 1, np.ptp(columns) + 1
        assert box.sum() == sides[0] * sides[1]


def test_every_pixel_is_covered_now_and_then():
    assert boxes(max_area=0.4).any(axis=0).mean() > 0.99


def test_share_of_covered_clips_is_the_probability():
    covered = boxes(probability=0.3).any((1, 2))
    assert abs(covered.mean() - 0.3) < 0.08


@run_modes.both
def test_around_the_box_nothing_changes(run):
    found = erased(run, SEEDS[0], fill="zero")
    assert set(np.unique(found)) == {0, 200}


@run_modes.both
@pytest.mark.parametrize(
    "fill, color", [("zero", 0), ("mean", (124, 116, 104))]
)
def test_box_has_the_color_asked_for(run, fill, color):
    found = erased(run, SEEDS[0], fill=fill)
    covered = found[(found != 200).any(-1)]
    assert len(covered) and (covered == color).all()


@run_modes.both
def test_noise_is_even(run):
    area = {"min_area": 1.0, "max_area": 1.0, "aspect": 1.0}
    found = erased(run, SEEDS[0], **area)[:, :, 5:-5]
    covered = found[0][:, (found[0] != 200).any((0, 2))].astype(float)
    assert abs(covered.mean() - 127.5) < 5
    assert abs(covered.std() - 73.9) < 4


@run_modes.both
def test_noise_is_the_same_in_all_frames(run):
    first, second = erased(run, SEEDS[0])
    assert np.array_equal(first, second)
    assert len(np.unique(first)) > 20
