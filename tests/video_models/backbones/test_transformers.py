import functools

import numpy as np
import pytest

from pipelines import batch
from video_models.backbones import timesformer, vit, vivit

CLIP = batch.ClipSpec(frames=4, size=48)
TIMES = timesformer.Config(width=24, depth=2)


@functools.cache
def divided():
    return timesformer.build(TIMES, CLIP)


def test_vit_keeps_the_grid_of_its_patches():
    network = vit.build(vit.TINY, CLIP)
    assert network.output["volume"].shape == (None, 2, 3, 3, 12)


def test_joint_vivit_keeps_the_grid_of_its_patches():
    network = vivit.build(vivit.Config(width=24, depth=1), CLIP)
    assert network.output["volume"].shape == (None, 2, 3, 3, 24)


def test_factorised_vivit_keeps_moments_only():
    network = vivit.build(vivit.TINY, CLIP)
    assert network.output["volume"].shape == (None, 2, 1, 1, 24)


def test_timesformer_keeps_every_frame():
    assert divided().output["volume"].shape == (None, 4, 3, 3, 24)


def test_attention_over_time_adds_nothing_at_first_but_in_the_first_block():
    starts = [
        np.any(divided().get_layer(f"block{number}_time_map").kernel)
        for number in (1, 2)
    ]
    assert starts == [True, False]


def test_head_of_vit_begins_near_0():
    volume = np.ones((1, 2, 3, 3, 12), np.float32)
    volume[..., 0] = 5.0
    head = vit.published_head(vit.TINY, {"volume": volume.shape[1:]}, 4, None)
    assert np.max(np.abs(head({"volume": volume}))) < 1e-3


@pytest.mark.parametrize("variant, rate", [("b", 0.0), ("h", 0.5)])
def test_huge_vit_drops_half_of_its_features(variant, rate):
    config = vit.Config(variant=variant)
    head = vit.published_head(config, {"volume": (1, 1, 1, 16)}, 4, None)
    assert head.get_layer("head_dropout").rate == rate


def test_class_token_alone_decides():
    shapes = {"volume": (4, 3, 3, 24), "token": (24,)}
    head = timesformer.published_head(TIMES, shapes, 5, None)
    token = np.ones((1, 24), np.float32)
    answers = [
        head({"volume": np.full((1, 4, 3, 3, 24), fill), "token": token})
        for fill in (0.0, 1.0)
    ]
    np.testing.assert_array_equal(*answers)
