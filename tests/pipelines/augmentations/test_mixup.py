import numpy as np
import pytest

from pipelines.augmentations import mixup
from tests import run_modes

SHAPE = (2, 4, 6, 3)


def clips(*values):
    """uint8 [B, 2, 4, 6, 3], every row of one value."""
    values = np.uint8(values).reshape(-1, 1, 1, 1, 1)
    return np.broadcast_to(values, (len(values), *SHAPE)).copy()


def seeds(*numbers):
    return np.array([[5, number] for number in numbers], np.int64)


def mixed(frames, seeds, run=run_modes.eagerly, **config):
    found = run(mixup.mix(mixup.Config(**config)), frames, seeds)
    return [each.numpy() for each in found]


@run_modes.both
def test_rows_are_blended_with_the_next_by_their_share(run):
    values = np.array([0.0, 100.0, 200.0])
    frames, own = mixed(clips(*values), seeds(1, 2, 3), run, alpha=1.0)
    wanted = own * values + (1 - own) * np.roll(values, -1)
    assert np.abs(frames[:, 0, 0, 0, 0] - wanted).max() <= 0.51
    assert ((own > 0.01) & (own < 0.99)).all()


def test_every_pixel_is_blended_alike():
    frames, _ = mixed(clips(10, 200), seeds(1, 2), alpha=1.0)
    assert (frames == frames[:, :1, :1, :1, :1]).all()


@pytest.mark.parametrize("run", [run_modes.eagerly, run_modes.in_tf_data])
def test_share_of_a_row_does_not_depend_on_the_batch(run):
    _, two = mixed(clips(1, 2), seeds(7, 8), run)
    _, three = mixed(clips(9, 9, 9), seeds(8, 7, 1), run)
    assert two[0] == three[1] and two[1] == three[0]


def test_row_that_is_not_drawn_keeps_every_byte():
    frames = np.random.default_rng(0).integers(0, 256, (20, *SHAPE), np.uint8)
    found, own = mixed(frames, seeds(*range(20)), probability=0.5)
    kept = own == 1.0
    assert 3 < kept.sum() < 17
    assert np.array_equal(found[kept], frames[kept])
    assert (found[~kept] != frames[~kept]).any((1, 2, 3, 4)).sum() > 2


def test_soft_labels_sum_to_1():
    _, own = mixed(clips(1, 2, 3), seeds(1, 2, 3), alpha=1.0)
    labels = np.eye(3)
    soft = own[:, None] * labels + (1 - own)[:, None] * np.roll(
        labels, -1, axis=0
    )
    np.testing.assert_allclose(soft.sum(axis=1), 1.0, rtol=1e-6)
    assert soft[2, 0] == pytest.approx(1 - own[2])


def test_batch_of_one_meets_itself():
    frames, _ = mixed(clips(77), seeds(1), alpha=1.0)
    assert (frames == 77).all()
