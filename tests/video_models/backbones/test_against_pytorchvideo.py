"""Our networks answer as those of PyTorchVideo's zoo with the same weights.

The answers were recorded by tests/peers/pytorchvideo/record_networks.py.
"""

import functools
import json
import pathlib

import numpy as np
import pytest

from pipelines import batch
from tests.goldens import load_by_name, random_weights
from video_models.backbones import i3d_r50, slow, slowfast, x3d

FOLDER = pathlib.Path(random_weights.__file__).parent / "pytorchvideo"
RECORDED = {
    "slowfast": (slowfast, slowfast.Config(variant="4x16")),
    "x3d": (x3d, x3d.Config(variant="s")),
    "i3d_r50": (i3d_r50, i3d_r50.Config(width=16)),
}
every_network = pytest.mark.parametrize("name", RECORDED)


@functools.cache
def golden(name):
    return json.loads((FOLDER / f"{name}.json").read_text())


@functools.cache
def answer(name):
    """Logits for the drawn clip, and the names of the weights we took."""
    module, config = RECORDED[name]
    wanted = golden(name)
    clip = batch.ClipSpec(frames=wanted["frames"], size=wanted["size"])
    backbone = module.build(config, clip)
    shapes = {"volume": backbone.output["volume"].shape[1:]}
    head = module.published_head(config, shapes, wanted["classes"], None)
    weights = random_weights.draw(wanted["shapes"])
    taken = load_by_name.load(backbone, module.published_name, weights)
    taken |= load_by_name.load(head, module.published_name, weights)
    frames = np.float32(random_weights.clip(clip.frames, clip.size))
    return np.array(head(backbone(frames))[0]), taken


@every_network
def test_logits_are_those_of_pytorchvideo(name):
    logits, _ = answer(name)
    np.testing.assert_allclose(
        logits, golden(name)["logits"], atol=1e-4, rtol=0
    )


@every_network
def test_every_weight_of_pytorchvideo_has_its_place(name):
    assert answer(name)[1] == golden(name)["shapes"].keys()


def test_slow_is_named_as_in_pytorchvideo():
    names = {
        "stem/kernel": "blocks.0.conv.weight",
        "stage4_block1_short_norm/gamma": (
            "blocks.4.res_blocks.0.branch1_norm.weight"
        ),
        "stage2_block4_space_norm/moving_variance": (
            "blocks.2.res_blocks.3.branch2.norm_b.running_var"
        ),
        "logits/bias": "blocks.5.proj.bias",
    }
    assert {path: slow.published_name(path) for path in names} == names
