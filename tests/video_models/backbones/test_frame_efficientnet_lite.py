import functools
import json
import pathlib
from importlib import metadata

import numpy as np
import pytest

from launch.model_summary import network_graph
from pipelines import batch
from tests.goldens import pictures
from tfrecords_tools.base import registry
from video_models import objective, video_network
from video_models.backbones import frame_efficientnet_lite as lite
from video_models.pretrained import public_files
from video_models.weights import initial_weights

GOLDENS = pathlib.Path(__file__).parents[2] / "goldens/efficientnet"
VARIANTS = (
    "lite0",
    pytest.param("lite1", marks=pytest.mark.full),
    pytest.param("lite2", marks=pytest.mark.full),
)


def without_weights(variant, stages=7):
    config = lite.Config(variant, stages=stages)
    clip = batch.ClipSpec(frames=1, size=64)
    return network_graph.without_weights(lambda: lite.build(config, clip))


@pytest.mark.parametrize("variant", ["lite0", "lite2"])
def test_stem_and_features_are_of_the_same_size_in_all_variants(variant):
    network = without_weights(variant)
    assert network.get_layer("stem").filters == 32
    assert network.output["volume"].shape == (None, 1, 2, 2, 1280)


def test_first_and_last_stage_have_one_block_in_all_variants():
    network = without_weights("lite2")
    channels = [
        layer.filters
        for layer in network.layers
        if layer.name.endswith("project")
    ]
    assert channels.count(16) == channels.count(352) == 1
    assert len(channels) == 21


def test_every_weight_has_a_name_in_the_checkpoint():
    paths = [each.path for each in without_weights("lite0").weights]
    names = {
        name
        for path in paths
        if (name := lite.published_name(path)) is not None
    }
    assert len(names) == len([p for p in paths if "seed" not in p])
    assert "_blocks.0._bn1.running_var" in names
    assert "_blocks.1._expand_conv.weight" in names


def test_pixels_of_127_are_zeros_for_the_stem():
    clip = batch.ClipSpec(frames=1, size=16)
    network = lite.build(lite.TINY, clip)
    scale = network.get_layer("scale_pixels")
    found = scale(np.float32([[127.0, 255.0]]))
    np.testing.assert_allclose(found, [[0.0, 1.0]])


@functools.cache
def golden(variant):
    return json.loads((GOLDENS / f"{variant}.json").read_text())


@functools.cache
def logits(variant):
    """Of every picture of the golden, by our network with public weights."""
    try:
        metadata.distribution(pictures.PACKAGE)
        config = lite.Config(variant)
        file = public_files.choose(lite.WEIGHTS, "imagenet", config)
        metadata.distribution(file.package)
    except metadata.PackageNotFoundError as error:
        pytest.skip(f"{error}: make install installs it")
    components = objective.Components(
        registry.choose(
            "video_models.backbones", lite.__name__.split(".")[-1]
        )._replace(config=config),
        registry.choose("video_models.temporal", "none"),
        registry.choose("video_models.heads", "published"),
    )
    names, size = golden(variant)["classes"], golden(variant)["size"]
    network = video_network.build(
        components.backbone,
        components.temporal,
        components.head,
        batch.ClipSpec(frames=1, size=size),
        classes=1000,
    )
    initial_weights.load(
        initial_weights.Config(weights=str(file.find()), strict=True),
        {"classifier": network},
        components,
    )
    frames = np.float32([[pictures.centre(name, size)] for name in names])
    return dict(zip(names, network(frames).numpy(), strict=True))


@pytest.mark.parametrize("variant", VARIANTS)
def test_photographs_show_what_they_show(variant):
    for name, classes in golden(variant)["classes"].items():
        scores = np.exp(logits(variant)[name])
        scores /= scores.sum()
        found = np.argsort(-scores)[: len(classes)]
        assert found.tolist() == [label for label, _ in classes]
        wanted = [score for _, score in classes]
        np.testing.assert_allclose(scores[found], wanted, atol=1e-4)


@pytest.mark.parametrize("variant", VARIANTS)
def test_logits_are_those_of_an_independent_implementation(variant):
    for name, wanted in golden(variant)["logits"].items():
        np.testing.assert_allclose(logits(variant)[name], wanted, atol=1e-4)
