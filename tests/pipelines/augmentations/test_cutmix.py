import numpy as np
import pytest

from pipelines.augmentations import cutmix
from tests import run_modes

SHAPE = (2, 10, 12, 3)


def clips(*values):
    """uint8 [B, 2, 10, 12, 3], every row of one value."""
    values = np.uint8(values).reshape(-1, 1, 1, 1, 1)
    return np.broadcast_to(values, (len(values), *SHAPE)).copy()


def seeds(*numbers):
    return np.array([[5, number] for number in numbers], np.int64)


def mixed(frames, seeds, run=run_modes.eagerly, **config):
    found = run(cutmix.mix(cutmix.Config(**config)), frames, seeds)
    return [each.numpy() for each in found]


def boxes(count=60):
    """bool [count, 10, 12], what is of the partner, and the own shares."""
    values = np.arange(count) % 2
    frames, own = mixed(clips(*values), seeds(*range(count)))
    assert count % 2 == 0
    return frames[:, 0, :, :, 0] != values[:, None, None], own


@run_modes.both
def test_own_is_the_share_of_own_pixels(run):
    frames, own = mixed(clips(10, 20, 30), seeds(1, 2, 3), run)
    kept = frames == np.uint8([10, 20, 30]).reshape(-1, 1, 1, 1, 1)
    np.testing.assert_allclose(kept.mean((1, 2, 3, 4)), own, rtol=1e-5)


def test_other_pixels_are_the_partners_at_the_same_place():
    frames = np.random.default_rng(0).integers(0, 256, (3, *SHAPE), np.uint8)
    found, _ = mixed(frames, seeds(1, 2, 3))
    partner = np.roll(frames, -1, axis=0)
    assert ((found == frames) | (found == partner)).all()


def test_partners_pixels_are_one_box():
    found, own = boxes()
    assert (own < 1.0).sum() > 40
    for box in found:
        rows, columns = box.any(axis=1), box.any(axis=0)
        assert np.array_equal(box, np.outer(rows, columns))
        assert np.abs(np.diff(rows.astype(int))).sum() <= 2
        assert np.abs(np.diff(columns.astype(int))).sum() <= 2


def test_box_is_the_same_in_all_frames():
    frames, _ = mixed(clips(1, 2, 3), seeds(1, 2, 3))
    assert np.array_equal(frames[:, 0], frames[:, 1])


def test_boxes_reach_every_side_of_the_frame():
    found, _ = boxes()
    seen = found.any(axis=0)
    assert seen[0].any() and seen[-1].any()
    assert seen[:, 0].any() and seen[:, -1].any()


def test_row_that_is_not_drawn_keeps_every_byte():
    frames = np.random.default_rng(0).integers(0, 256, (20, *SHAPE), np.uint8)
    found, own = mixed(frames, seeds(*range(20)), probability=0.5)
    kept = own == 1.0
    assert 4 < kept.sum() < 19
    assert np.array_equal(found[kept], frames[kept])


@pytest.mark.parametrize("run", [run_modes.eagerly, run_modes.in_tf_data])
def test_share_of_a_row_does_not_depend_on_the_batch(run):
    _, two = mixed(clips(1, 2), seeds(7, 8), run)
    _, three = mixed(clips(9, 9, 9), seeds(8, 7, 1), run)
    assert two[0] == three[1] and two[1] == three[0]


def test_soft_labels_sum_to_1():
    _, own = mixed(clips(1, 2, 3), seeds(1, 2, 3))
    labels = np.eye(3)
    soft = own[:, None] * labels + (1 - own)[:, None] * np.roll(
        labels, -1, axis=0
    )
    np.testing.assert_allclose(soft.sum(axis=1), 1.0, rtol=1e-6)
