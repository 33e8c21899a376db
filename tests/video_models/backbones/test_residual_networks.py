import dataclasses

import numpy as np
import pytest

from pipelines import batch
from tfrecords_tools.base import errors
from video_models.backbones import i3d_r50, slow, slowfast, x3d


def volume_of(module, frames, size=32, **settings):
    config = dataclasses.replace(module.TINY, **settings)
    clip = batch.ClipSpec(frames=frames, size=size)
    return module.build(config, clip).output["volume"].shape[1:]


def test_slow_keeps_all_frames_and_leaves_a_32nd_of_the_side():
    assert volume_of(slow, frames=4, size=72) == (4, 3, 3, 128)


def test_i3d_r50_keeps_one_frame_of_two():
    assert volume_of(i3d_r50, frames=5) == (2, 1, 1, 128)


def test_slowfast_keeps_the_slow_frames_and_the_channels_of_both_pathways():
    assert volume_of(slowfast, frames=16) == (4, 1, 1, 512 + 64)
    assert volume_of(slowfast, frames=16, variant="4x16")[0] == 2


def test_x3d_keeps_all_frames_of_odd_frames():
    assert volume_of(x3d, frames=3, size=33) == (3, 2, 2, 32)


def test_branch_of_a_fresh_block_adds_nothing():
    network = slow.build(slow.TINY, batch.ClipSpec(frames=2, size=32))
    scale = network.get_layer("stage4_block1_expand_norm").gamma
    assert not np.any(scale)


@pytest.mark.parametrize(
    ("module", "frames", "settings", "told"),
    [
        (slowfast, 10, {}, "multiple of 4"),
        (slowfast, 8, {"width": 12}, "multiple of 8"),
        (i3d_r50, 1, {}, "at least 2"),
        (slow, 4, {"blocks": (3, 4)}, "wanted 4"),
        (x3d, 4, {"blocks": (3, 4)}, "wanted 4"),
    ],
)
def test_settings_that_do_not_fit_are_refused(module, frames, settings, told):
    with pytest.raises(errors.UserError, match=told):
        volume_of(module, frames, **settings)
