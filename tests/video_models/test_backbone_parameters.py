import numpy as np
import pytest

from pipelines import batch
from tfrecords_tools.base import registry
from video_models import video_network
from video_models.backbones import frame_conv, r2plus1d


def test_r2plus1d_has_the_published_number_of_parameters():
    network = video_network.build(
        registry.choose("video_models.backbones", "r2plus1d"),
        registry.choose("video_models.temporal", "none"),
        registry.choose("video_models.heads", "classifier"),
        batch.ClipSpec(frames=16, size=112),
        classes=400,
    )
    counts = [np.prod(each.shape) for each in network.trainable_variables]
    assert sum(counts) == 31_505_325


def test_r2plus1d_leaves_an_eighth_of_the_time_a_16th_of_the_side():
    clip = batch.ClipSpec(frames=16, size=112)
    network = r2plus1d.build(r2plus1d.TINY, clip)
    assert network.output["volume"].shape == (None, 2, 7, 7, 16)


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


def test_frame_conv_tells_where_in_the_picture_something_is():
    network = frame_conv.build(
        frame_conv.TINY, batch.ClipSpec(frames=2, size=32)
    )
    clip = np.zeros((1, 2, 32, 32, 3), np.float32)
    clip[0, 0, 4:8, 4:8] = clip[0, 1, 20:24, 20:24] = 255.0
    left, right = network(clip)["volume"][0]
    assert np.max(np.abs(left - right)) > 1e-3
