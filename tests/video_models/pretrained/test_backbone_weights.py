import hashlib

import numpy as np
import pytest
import safetensors.numpy

from pipelines import batch
from tfrecords_tools.base import errors, registry
from video_models.backbones import frame_efficientnet_lite as lite
from video_models.introspection import layer_paths
from video_models.pretrained import backbone_weights, encoder

CLIP = batch.ClipSpec(frames=1, size=16)


def choose(weights, stages=1):
    config = lite.Config(stages=stages, weights=weights)
    return registry.choose(
        "video_models.backbones", "frame_efficientnet_lite", config
    )


def save_published(path):
    """Random weights under their published names, as PyTorch has them."""
    draw = np.random.default_rng(0).random
    arrays = {}
    for each in layer_paths.weights(encoder.build(choose(None), CLIP)):
        shape = tuple(each.variable.shape)
        if "depthwise/" in each.path:
            shape = shape[2], 1, *shape[:2]
        elif each.path.endswith("kernel"):
            shape = (*reversed(shape[-2:]), *shape[:-2])
        name = lite.published_name(each.path)
        arrays[name] = np.float32(draw(size=shape))
    safetensors.numpy.save_file(arrays, path)
    return arrays


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("weights") / "a.safetensors"
    return str(path), save_published(path)


def test_backbone_has_the_weights_of_a_public_file(saved):
    path, arrays = saved
    network = encoder.build(choose(path), CLIP)
    depthwise = network.get_layer("block0_depthwise").kernel
    wanted = arrays["_blocks.0._depthwise_conv.weight"]
    np.testing.assert_array_equal(
        depthwise[..., 0], wanted[:, 0].T.swapaxes(0, 1)
    )
    norm = network.get_layer("head_norm")
    np.testing.assert_array_equal(norm.beta, arrays["_bn1.bias"])


def test_file_without_some_weights_is_refused(saved):
    with pytest.raises(
        errors.UserError, match="weights=.*does not fit.*block1"
    ):
        encoder.build(choose(saved[0], stages=2), CLIP)


def test_missing_file_of_weights_is_refused():
    with pytest.raises(errors.UserError, match="backbone.weights=.*no such"):
        encoder.build(choose("/nowhere.pth"), CLIP)


def test_unknown_name_of_weights_names_the_known_ones():
    with pytest.raises(
        errors.UserError, match="did you mean 'imagenet'.*names .*: imagenet$"
    ):
        encoder.build(choose("/run/imagenet22k"), CLIP)


def test_every_weight_is_reported(saved):
    chosen = choose(saved[0])
    network = chosen.build(CLIP)
    found = backbone_weights.load(chosen, network)
    assert found.is_whole and not found.unused


def test_source_is_described_with_the_digest_of_its_file(saved):
    said = backbone_weights.describe(choose(saved[0]))
    with open(saved[0], "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    assert said.endswith(f"a.safetensors, SHA-256 {digest}")


def test_weights_that_no_public_checkpoint_can_have_are_refused(saved):
    config = lite.Config(weights=saved[0])
    module = registry.load("video_models.backbones", "frame_conv")
    chosen = registry.Chosen("frame_conv", module, config)
    with pytest.raises(errors.UserError, match="frame_conv.*backbone.weights"):
        backbone_weights.load(chosen, module.build(module.TINY, CLIP))
