import hypothesis
import hypothesis.strategies as drawn
import numpy as np
import pytest

from pipelines import batch
from pipelines.extra_inputs import random_mask, tube_mask
from tests import run_modes
from tfrecords_tools.base import errors

CLIP = batch.ClipSpec(frames=16, size=112)
both_masks = pytest.mark.parametrize("kind", [tube_mask, random_mask])


def mask(kind, number=0, clip=CLIP, run=run_modes.eagerly, **changes):
    """bool [t, h, w]."""
    seed = np.array([3, number], np.int64)
    frames = np.zeros(clip.shape, np.uint8)
    found = run(kind.build(kind.Config(**changes), clip), frames, seed)
    return found["patch_mask"].numpy()


@both_masks
@run_modes.both
def test_grid_is_that_of_the_patches(kind, run):
    assert mask(kind, run=run).shape == (8, 7, 7)
    assert mask(kind, run=run, patch=28, tubelet=4).shape == (4, 4, 4)


def test_tubes_hide_the_same_patches_in_all_steps():
    found = mask(tube_mask)
    assert np.array_equal(found, np.repeat(found[:1], 8, axis=0))


def test_random_patches_differ_from_step_to_step():
    found = mask(random_mask)
    assert not np.array_equal(found[0], found[1])


@run_modes.both
def test_nine_of_ten_are_hidden(run):
    # 0.9 * 49 = 44.1 of each step, 0.9 * 392 = 352.8 of the clip.
    assert mask(tube_mask, run=run).sum((1, 2)).tolist() == [44] * 8
    assert mask(random_mask, run=run).sum() == 353


@both_masks
@hypothesis.given(
    ratio=drawn.floats(0.0, 1.0),
    side=drawn.integers(1, 5),
    steps=drawn.integers(1, 4),
    number=drawn.integers(0, 1 << 40),
)
@hypothesis.settings(max_examples=40, deadline=None)
def test_number_of_hidden_patches_is_exact(kind, ratio, side, steps, number):
    clip = batch.ClipSpec(frames=2 * steps, size=8 * side)
    patches = side * side * (1 if kind is tube_mask else steps)
    settings = {"clip": clip, "patch": 8, "ratio": ratio}
    if not 0 < round(ratio * patches) < patches:
        with pytest.raises(errors.UserError, match="at least one masked"):
            mask(kind, number, **settings)
        return
    found = mask(kind, number, **settings)
    step = found.reshape(steps, -1) if kind is tube_mask else found.ravel()
    assert np.all(step.sum(-1) == round(ratio * patches))


@both_masks
def test_every_patch_is_hidden_as_often(kind):
    masks = [mask(kind, n, ratio=0.5, patch=56) for n in range(300)]
    often = np.mean(masks, axis=0)
    # Three standard deviations of a mean of 300 are 0.09.
    assert abs(often - 0.5).max() < 0.13


@both_masks
def test_patches_that_do_not_fill_the_frame_are_refused(kind):
    with pytest.raises(errors.UserError, match="patches of 24 pixels"):
        kind.build(kind.Config(patch=24), CLIP)


@both_masks
def test_patches_that_do_not_fill_the_time_are_refused(kind):
    with pytest.raises(errors.UserError, match="patches of 3 frames"):
        kind.build(kind.Config(tubelet=3), CLIP)
