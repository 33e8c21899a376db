import dataclasses

import keras
import numpy as np
import pytest

from pipelines import batch
from tests.contracts import network_checks
from tfrecords_tools.base import errors, registry
from video_models import streaming_network, video_network

CLIP = batch.ClipSpec(frames=6, size=16)
CHUNK = dataclasses.replace(CLIP, frames=2)
FRAMES = network_checks.random_inputs(CLIP.shape, scale=255.0)


def tiny(folder, name):
    module = registry.load(f"video_models.{folder}", name)
    config = module.TINY_STREAM or module.TINY
    return registry.Chosen(name, module, config)


def components(backbone="frame_conv", temporal="attention", head="classifier"):
    return (
        tiny("backbones", backbone),
        tiny("temporal", temporal),
        tiny("heads", head),
    )


@pytest.mark.parametrize(
    "temporal", ["attention", "tcn", "gru", "none", "statistics"]
)
def test_trained_weights_make_a_stream_that_gives_what_the_clip_gives(temporal):
    chosen = components(temporal=temporal)
    whole = video_network.build(*chosen, CLIP, classes=3)
    stream = streaming_network.build(*chosen, CHUNK, classes=3)
    stream.set_weights(whole.get_weights())
    states = streaming_network.zero_states(stream, batch_size=2)
    for start in range(0, 6, 2):
        given = {"frames": FRAMES[:, start : start + 2], **states}
        states = dict(
            stream(
                {k: keras.ops.convert_to_tensor(x) for k, x in given.items()}
            )
        )
        logits = states.pop("logits")
    np.testing.assert_allclose(logits, whole(FRAMES), atol=1e-4)


def test_states_are_named_by_their_part():
    stream = streaming_network.build(*components(), CHUNK, classes=3)
    states = streaming_network.zero_states(stream, batch_size=5)
    assert set(states) == set(stream.output) - {"logits"}
    assert states["state_temporal_moments"].tolist() == [[0]] * 5
    assert states["state_head_moments"].dtype == np.int32
    assert states["state_temporal_attention2_keys"].shape == (5, 3, 2, 4)


def test_a_part_that_is_not_causal_says_what_makes_it_so():
    backbone, temporal, head = components(temporal="lstm")
    temporal = temporal._replace(config=temporal.module.TINY)
    with pytest.raises(errors.UserError, match="bidirectional=false"):
        streaming_network.build(backbone, temporal, head, CHUNK, 3)


def test_a_part_without_a_stream_names_those_that_have_one():
    with pytest.raises(errors.UserError, match="one of attention, gru, lstm"):
        streaming_network.build(*components(temporal="graph"), CHUNK, 3)


def test_a_backbone_that_sees_whole_clips_names_those_that_do_not():
    with pytest.raises(errors.UserError, match="frame_conv"):
        streaming_network.build(*components("r2plus1d"), CHUNK, 3)


def test_a_published_head_without_a_stream_is_refused():
    chosen = components("frame_conv", "none", "published")
    with pytest.raises(errors.UserError, match="--head=classifier"):
        streaming_network.build(*chosen, CHUNK, 3)
