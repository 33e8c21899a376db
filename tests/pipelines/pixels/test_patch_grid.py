import numpy as np
import pytest

from pipelines import batch
from pipelines.pixels import patch_grid
from tests import run_modes
from tfrecords_tools.base import errors

CLIP = batch.ClipSpec(frames=4, size=32)


def test_grid_is_the_clip_divided_by_its_patches():
    config = patch_grid.Config(patch=8, tubelet=2)
    assert patch_grid.build_grid(config, CLIP) == (2, 4, 4)


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"patch": 12}, "12 pixels do not fill a clip of size 32"),
        ({"tubelet": 3}, "3 frames do not fill a clip of 4"),
    ],
)
def test_patches_that_do_not_fill_the_clip_are_refused(settings, message):
    with pytest.raises(errors.UserError, match=message):
        patch_grid.build_grid(patch_grid.Config(**settings), CLIP)


@pytest.mark.parametrize("ratio, hidden", [(0.5, 5), (0.9, 9), (0.06, 1)])
def test_a_ratio_hides_whole_patches(ratio, hidden):
    assert patch_grid.count_hidden(patch_grid.Config(ratio), 10) == hidden


@pytest.mark.parametrize("ratio", [0.0, 0.04, 0.96, 1.0])
def test_hiding_all_or_none_is_refused(ratio):
    with pytest.raises(errors.UserError, match="one masked and one visible"):
        patch_grid.count_hidden(patch_grid.Config(ratio), 10)


@run_modes.both
def test_as_many_as_asked_are_hidden_whatever_the_seed(run):
    for number in range(5):
        seed = np.array([7, number], np.int64)
        found = run(lambda seed: patch_grid.draw_hidden(3, 10, seed), seed)
        assert found.numpy().sum() == 3
