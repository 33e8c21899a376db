import numpy as np
import pytest

from launch.model_summary import network_graph
from pipelines import batch
from tfrecords_tools.base import errors, registry
from video_models import video_network
from video_models.backbones import c3d, frame_conv, i3d, r2plus1d, s3d


def test_r2plus1d_has_the_published_parameters_with_our_classifier_too():
    network = network_graph.without_weights(
        lambda: video_network.build(
            registry.choose("video_models.backbones", "r2plus1d"),
            registry.choose("video_models.temporal", "none"),
            registry.choose("video_models.heads", "classifier"),
            batch.ClipSpec(frames=16, size=112),
            classes=400,
        )
    )
    counts = [np.prod(each.shape) for each in network.trainable_variables]
    assert sum(counts) == 31_505_325


@pytest.mark.parametrize(
    "name, frames, size, left",
    [
        ("r2plus1d", 16, 112, (2, 7, 7)),
        ("r3d", 16, 112, (2, 7, 7)),
        ("mc3", 16, 112, (16, 7, 7)),
        ("s3d", 16, 224, (2, 7, 7)),
        ("i3d", 64, 224, (8, 7, 7)),
        ("i3d", 79, 224, (10, 7, 7)),
        ("c3d", 16, 112, (1, 4, 4)),
        ("c3d", 4, 32, (1, 2, 2)),
    ],
)
def test_backbone_leaves_so_many_moments_and_places(name, frames, size, left):
    module = registry.load("video_models.backbones", name)
    clip = batch.ClipSpec(frames=frames, size=size)
    network = module.build(module.TINY, clip)
    assert network.output["volume"].shape[1:4] == left


@pytest.mark.parametrize("name, blocks", [("r3d", (2, 2)), ("s3d", (2, 6, 2))])
def test_wrong_number_of_blocks_is_refused(name, blocks):
    module = registry.load("video_models.backbones", name)
    clip = batch.ClipSpec(frames=8, size=32)
    with pytest.raises(errors.UserError, match="backbone.blocks=2,"):
        module.build(module.Config(blocks=blocks), clip)


def test_i3d_tells_the_public_name_of_a_weight():
    path = "stage4_block5_b_reduce_norm/moving_mean"
    assert i3d.published_name(path) == "Mixed_4f.b1a.bn.running_mean"


def test_c3d_tells_the_public_name_of_a_weight():
    name = c3d.published_name("stage4_block2/kernel")
    assert name == "backbone.conv4b.conv.weight"


def test_a_random_layer_has_no_public_name():
    assert c3d.published_name("fc6_dropout/seed_generator_state") is None


@pytest.mark.parametrize("volume", [(2, 7, 7, 8), (1, 2, 2, 8)])
def test_s3d_head_takes_a_volume_smaller_than_its_window(volume):
    head = s3d.published_head(s3d.TINY, {"volume": volume}, 3, None)
    logits = head({"volume": np.ones((1, *volume), np.float32)})[0]
    weights = head.get_layer("logits").kernel
    np.testing.assert_allclose(logits, np.sum(weights, 0), atol=1e-5)


def test_r2plus1d_scales_pixels_as_torchvision_does():
    network = r2plus1d.build(r2plus1d.TINY, batch.ClipSpec(frames=8, size=16))
    pixel = network.get_layer("scale_pixels")(np.full((1, 3), 127.5, "f4"))
    wanted = (0.5 - 0.43216) / 0.22803
    assert float(pixel[0, 0]) == pytest.approx(wanted, abs=1e-5)


def test_frame_conv_sees_each_frame_alone():
    network = frame_conv.build(
        frame_conv.TINY, batch.ClipSpec(frames=3, size=16)
    )
    clip = np.zeros((1, 3, 16, 16, 3), np.float32)
    changed = clip.copy()
    changed[0, 1] = 255.0
    before, after = (network(each)["volume"][0] for each in (clip, changed))
    differs = np.any(before != after, axis=(1, 2, 3))
    assert differs.tolist() == [False, True, False]


def test_frame_conv_tells_where_in_the_frame_something_is():
    network = frame_conv.build(
        frame_conv.TINY, batch.ClipSpec(frames=2, size=32)
    )
    clip = np.zeros((1, 2, 32, 32, 3), np.float32)
    clip[0, 0, 4:8, 4:8] = clip[0, 1, 20:24, 20:24] = 255.0
    left, right = network(clip)["volume"][0]
    assert np.max(np.abs(left - right)) > 1e-3
