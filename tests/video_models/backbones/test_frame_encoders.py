import json
import pathlib

import keras
import numpy as np
import pytest
from keras.src.applications import efficientnet

from pipelines import batch
from tests.goldens import load_by_name, random_weights
from tfrecords_tools.base import errors, registry
from video_models.backbones import frame_efficientnet, frame_resnet
from video_models.pretrained import encoder

GOLDENS = pathlib.Path(__file__).parents[2] / "goldens/torchvision"
NAMES = (
    "frame_conv",
    "frame_efficientnet",
    "frame_efficientnet_lite",
    "frame_resnet",
)
every_encoder = pytest.mark.parametrize("name", NAMES)


def tiny(name, frames=3):
    module = registry.load("video_models.backbones", name)
    return module.build(module.TINY, batch.ClipSpec(frames=frames, size=16))


@every_encoder
def test_encoder_says_that_it_sees_frames_alone(name):
    module = registry.load("video_models.backbones", name)
    assert module.FRAMES_ALONE


@every_encoder
def test_a_changed_frame_changes_its_own_moment_only(name):
    network = tiny(name)
    clip = np.random.default_rng(0).uniform(0, 255, (1, 3, 16, 16, 3))
    changed = clip.copy()
    changed[0, 1] = 255.0
    before, after = (network(each)["volume"][0] for each in (clip, changed))
    differs = np.any(before != after, axis=(1, 2, 3))
    assert differs.tolist() == [False, True, False]


def test_resnet_agrees_with_torchvision():
    golden = json.loads((GOLDENS / "frame_resnet_18.json").read_text())
    clip = batch.ClipSpec(frames=golden["frames"], size=golden["size"])
    backbone = frame_resnet.build(frame_resnet.Config("18"), clip)
    shapes = {"volume": backbone.output["volume"].shape[1:]}
    head = frame_resnet.published_head(
        frame_resnet.Config("18"), shapes, golden["classes"], None
    )
    weights = random_weights.draw(golden["shapes"])
    for network in (backbone, head):
        load_by_name.load(network, frame_resnet.published_name, weights)
    frames = random_weights.clip(golden["frames"], golden["size"])
    logits = head(backbone(np.float32(frames)))[0]
    np.testing.assert_allclose(logits, golden["logits"], atol=1e-4)


@pytest.mark.parametrize("variant, size", [("18", 100), ("50", 32)])
def test_every_weight_of_resnet_has_a_name_in_the_checkpoint(variant, size):
    config = frame_resnet.Config(variant, width=2)
    network = frame_resnet.build(config, batch.ClipSpec(frames=1, size=size))
    paths = [each.path for each in network.weights]
    names = {frame_resnet.published_name(path) for path in paths}
    assert None not in names
    assert len(names) == len(paths)
    assert "layer4.1.bn2.running_var" in names
    assert "layer2.0.downsample.0.weight" in names


def saved_efficientnet(classes=None):
    """What keras.applications would give, cut after one stage."""
    return efficientnet.EfficientNet(
        1.0,
        1.0,
        32,
        blocks_args=efficientnet.DEFAULT_BLOCKS_ARGS[:1],
        include_top=classes is not None,
        classes=classes,
        input_tensor=keras.Input((32, 32, 3)),
        weights=None,
    )


def load_efficientnet(path, variant="b0"):
    config = frame_efficientnet.Config(
        variant=variant, stages=1, weights=str(path)
    )
    chosen = registry.choose(
        "video_models.backbones", "frame_efficientnet", config
    )
    return encoder.build(chosen, batch.ClipSpec(frames=1, size=16))


@pytest.mark.parametrize("classes", [None, 1000])
@pytest.mark.parametrize("name", ["a.weights.h5", "a.keras", "a.h5"])
def test_weights_of_a_file_of_keras_are_loaded(tmp_path, classes, name):
    saved = saved_efficientnet(classes)
    save = saved.save_weights if "weights" in name else saved.save
    save(tmp_path / name)
    ours = load_efficientnet(tmp_path / name).get_layer("efficientnet")
    for layer in ("stem_conv", "block1a_se_reduce", "top_conv"):
        one, other = (x.get_layer(layer).get_weights() for x in (ours, saved))
        for found, wanted in zip(one, other, strict=True):
            np.testing.assert_array_equal(found, wanted)


def test_weights_of_another_variant_are_refused(tmp_path):
    path = tmp_path / "a.weights.h5"
    saved_efficientnet().save_weights(path)
    with pytest.raises(errors.UserError, match="does not fit.*stem_conv.*was"):
        load_efficientnet(path, "b4")


def test_efficientnet_draws_through_our_randomness():
    kinds = {
        type(layer).__name__
        for layer in tiny("frame_efficientnet")._flatten_layers()
    }
    assert "StochasticDepth" in kinds
    assert "Dropout" not in kinds
