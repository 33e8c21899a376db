"""Our transformers answer as others in PyTorch do with the same weights.

The answers were recorded by tests/peers/videomae/record_networks.py.
"""

import functools
import json
import pathlib

import numpy as np
import pytest

from pipelines import batch
from tests.goldens import load_by_name, random_weights
from video_models.backbones import timesformer, vit, vivit

FOLDER = pathlib.Path(random_weights.__file__).parent / "videomae"
CUT = {"width": 48, "depth": 2}
NETWORKS = {
    "vit_s": (vit, vit.Config(variant="s")),
    "timesformer_divided": (timesformer, timesformer.Config(**CUT)),
    "timesformer_joint": (
        timesformer,
        timesformer.Config(attention="joint", **CUT),
    ),
    "vivit_joint": (vivit, vivit.Config(**CUT)),
    "vivit_factorised": (
        vivit,
        vivit.Config(attention="factorised", time_depth=2, **CUT),
    ),
}
every_network = pytest.mark.parametrize("name", NETWORKS)


@functools.cache
def golden(name):
    return json.loads((FOLDER / f"{name}.json").read_text())


def name_in_file(path):
    """Of the factorised ViViT, which only our peer and Scenic have."""
    if path.startswith("stem_patches/"):
        return vivit.published_name(path).removeprefix(
            "vivit.embeddings.patch_embeddings."
        )
    part, _, rest = path.partition("_")
    if part not in ("space", "time"):
        return vivit.published_name(path)
    stem = "" if rest.startswith("block") else "stem_"
    stem = "last_" if rest.startswith("norm/") else stem
    name = vivit.published_name(stem + rest)
    return name and name.replace("vivit.", f"{part}.")


@functools.cache
def answer(name):
    """Logits for the drawn clip, and the names of the weights we took."""
    wanted = golden(name)
    module, config = NETWORKS[name]
    clip = batch.ClipSpec(frames=wanted["frames"], size=wanted["size"])
    backbone = module.build(config, clip)
    shapes = {k: x.shape[1:] for k, x in backbone.output.items()}
    head = module.published_head(config, shapes, wanted["classes"], None)
    weights = random_weights.draw(wanted["shapes"])
    named = module.published_name
    if name == "vivit_factorised":
        named = name_in_file
    taken = load_by_name.load(backbone, named, weights)
    taken |= load_by_name.load(head, named, weights)
    frames = np.float32(random_weights.clip(clip.frames, clip.size))
    return np.array(head(backbone(frames))[0]), taken


@every_network
def test_logits_are_those_of_pytorch(name):
    logits, _ = answer(name)
    np.testing.assert_allclose(
        logits, golden(name)["logits"], atol=1e-4, rtol=0
    )


@every_network
def test_every_weight_of_the_checkpoint_has_its_place(name):
    _, taken = answer(name)
    assert taken == golden(name)["shapes"].keys()


def test_factorised_vivit_has_no_names_of_the_joint_checkpoint():
    clip = batch.ClipSpec(frames=2, size=16)
    network = vivit.build(vivit.TINY, clip)
    named = {vivit.published_name(each.path) for each in network.weights}
    assert {each for each in named if each and "encoder" in each} == set()
