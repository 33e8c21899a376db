import numpy as np
import pytest

from pipelines import batch
from tfrecords_tools.base import errors
from video_models.backbones import motion_energy

CLIP = batch.ClipSpec(frames=5, size=16)
RANDOM = np.random.default_rng(0)
MOVING = RANDOM.uniform(0, 255, (1, *CLIP.shape)).astype(np.float32)


def test_what_stands_still_is_not_seen():
    network = motion_energy.build(motion_energy.TINY, CLIP)
    one, other = (np.repeat(MOVING[:, n : n + 1], 5, axis=1) for n in (0, 1))
    found = [network(each)["volume"].numpy() for each in (one, other)]
    np.testing.assert_array_equal(*found)


def test_what_moves_is_seen_where_it_moves():
    still = np.repeat(MOVING[:, :1], 5, axis=1)
    still[:, 3, :4, :4] = 255.0 - still[:, 3, :4, :4]
    network = motion_energy.build(
        motion_energy.Config(grid=4, widths=(4,), norm="none"), CLIP
    )
    found = network(still)["volume"].numpy()
    quiet = network(np.repeat(MOVING[:, :1], 5, axis=1))["volume"].numpy()
    corner, opposite = (
        np.any(found[0, :, n, n] != quiet[0, :, n, n]) for n in (0, 1)
    )
    assert corner and not opposite


def test_one_frame_is_refused():
    with pytest.raises(errors.UserError, match="wanted 2 or more"):
        motion_energy.build(motion_energy.TINY, batch.ClipSpec(1, 16))
