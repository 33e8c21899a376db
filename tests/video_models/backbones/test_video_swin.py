import functools
import json
import pathlib

import numpy as np
import pytest

from pipelines import batch
from tests.goldens import load_by_name, random_weights
from tfrecords_tools.base import errors
from video_models.backbones import video_swin

GOLDENS = pathlib.Path(random_weights.__file__).parent / "torchvision"
GOLDEN = GOLDENS / "video_swin.json"
SMALL = video_swin.Config(window=(2, 3, 3), width=12, stages=2)
CLIP = batch.ClipSpec(frames=8, size=32)


@functools.cache
def built():
    return video_swin.build(SMALL, CLIP)


def test_logits_are_those_of_torchvision():
    golden = json.loads(GOLDEN.read_text())
    backbone = built()
    shapes = {"volume": backbone.output["volume"].shape[1:]}
    head = video_swin.published_head(SMALL, shapes, golden["classes"], None)
    weights = random_weights.draw(golden["shapes"])
    for network in (backbone, head):
        load_by_name.load(network, video_swin.published_name, weights)
    frames = np.float32(random_weights.clip(CLIP.frames, CLIP.size))
    logits = head(backbone(frames))[0]
    np.testing.assert_allclose(logits, golden["logits"], atol=1e-4)


def test_every_weight_has_a_name_in_the_checkpoint():
    names = [video_swin.published_name(w.path) for w in built().weights]
    known = json.loads(GOLDEN.read_text())["shapes"].keys()
    assert len(set(names)) == len(names)
    assert set(names) == known - {"head.weight", "head.bias"}


def test_stochastic_depth_is_ours():
    stages = built().get_layer("swin").layers
    kinds = [
        type(block.drop_path).__name__
        for stage in stages
        for block in getattr(stage, "blocks", ())
    ]
    assert kinds == ["Identity"] + 3 * ["StochasticDepth"]


def test_an_odd_number_of_frames_is_filled():
    clip = batch.ClipSpec(frames=3, size=16)
    network = video_swin.build(video_swin.TINY, clip)
    assert network.output["volume"].shape[1:] == (2, 4, 4, 6)


@pytest.mark.parametrize(
    "settings, size, match",
    [
        ({}, 112, "multiple of 32"),
        ({"window": (8, 7)}, 224, "2 numbers: wanted 3"),
        ({"width": 32}, 224, "multiple of 3"),
    ],
)
def test_what_does_not_fit_is_refused(settings, size, match):
    clip = batch.ClipSpec(frames=32, size=size)
    with pytest.raises(errors.UserError, match=match):
        video_swin.build(video_swin.Config(**settings), clip)
