"""Our networks answer as torchvision's do with the same weights.

The answers were recorded by tests/peers/torchvision/record_networks.py.
"""

import functools
import json
import pathlib

import numpy as np
import pytest

from pipelines import batch
from tests.goldens import load_by_name, random_weights
from tfrecords_tools.base import registry

FOLDER = pathlib.Path(random_weights.__file__).parent / "torchvision"
every_network = pytest.mark.parametrize(
    "name", ["r2plus1d", "r3d", "mc3", "s3d"]
)


@functools.cache
def golden(name):
    return json.loads((FOLDER / f"{name}.json").read_text())


@functools.cache
def answer(name):
    """Logits for the drawn clip, and the names of the weights we took."""
    wanted = golden(name)
    module = registry.load("video_models.backbones", name)
    clip = batch.ClipSpec(frames=wanted["frames"], size=wanted["size"])
    backbone = module.build(module.Config(), clip)
    shapes = {"volume": backbone.output["volume"].shape[1:]}
    head = module.published_head(
        module.Config(), shapes, wanted["classes"], None
    )
    weights = random_weights.draw(wanted["shapes"], wanted["gain"])
    taken = load_by_name.load(backbone, module.published_name, weights)
    taken |= load_by_name.load(head, module.published_name, weights)
    frames = np.float32(random_weights.clip(clip.frames, clip.size))
    return np.array(head(backbone(frames))[0]), taken


@every_network
def test_logits_are_those_of_torchvision(name):
    logits, _ = answer(name)
    np.testing.assert_allclose(
        logits, golden(name)["logits"], atol=1e-4, rtol=0
    )


@every_network
def test_every_weight_of_torchvision_has_its_place(name):
    _, taken = answer(name)
    counters = {n for n in golden(name)["shapes"] if n.endswith("_tracked")}
    assert taken == golden(name)["shapes"].keys() - counters
