"""What the chosen components say of the networks."""

import dataclasses

from tests.video_models import tiny_modalities
from tests.video_models.tiny_modalities import KINDS, TASK
from video_models import chosen_components


def test_modalities_are_those_with_a_backbone():
    for given in KINDS.values():
        assert tiny_modalities.components(*given).modalities == given
    assert chosen_components.Components().modalities == ("frames",)


def test_network_of_frames_alone_sees_nothing_further():
    of_frames = tiny_modalities.components("frames")
    assert of_frames.further(TASK.audio, TASK.text) is None
    heard = tiny_modalities.components("audio")
    further = heard.further(TASK.audio, TASK.text)
    assert (further.audio, further.text) == (TASK.audio, None)


def test_backbones_that_start_from_weights_are_told():
    components = tiny_modalities.components("frames", "audio", "text")
    config = dataclasses.replace(components.backbone.config, weights="a.pth")
    backbone = components.backbone._replace(config=config)
    assert components.pretrained == {}
    components = dataclasses.replace(components, backbone=backbone)
    assert components.pretrained == {"backbone": backbone}
