import pytest

from pipelines import batch
from tfrecords_tools.base import errors, registry
from video_models.introspection import feature_network

CLIP = batch.ClipSpec(frames=2, size=32)


def backbone(name):
    module = registry.load("video_models.backbones", name)
    return module.build(module.TINY, CLIP)


def heights(network):
    return [each.shape[-3] for each in network.outputs]


def test_activations_come_as_clips_from_large_to_small():
    found = feature_network.build(backbone("frame_conv"))
    assert heights(found) == sorted(set(heights(found)), reverse=True)
    assert {each.shape[1] for each in found.outputs} == {CLIP.frames}


def test_no_more_sizes_are_taken_than_asked():
    most = heights(feature_network.build(backbone("frame_resnet"), 9))
    assert len(most) > 1
    assert (
        heights(feature_network.build(backbone("frame_resnet"), 1)) == most[:1]
    )


def test_the_backbone_is_not_trained_any_more():
    assert not feature_network.build(backbone("frame_conv")).trainable_variables


def test_a_backbone_without_images_is_refused():
    with pytest.raises(errors.UserError, match="vit has no image activations"):
        feature_network.build(backbone("vit"))
