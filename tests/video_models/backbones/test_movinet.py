"""MoViNet answers as the Model Garden's does with the same weights.

The answers were recorded by tests/peers/model_garden/record_movinet.py.
"""

import dataclasses
import functools
import json
import pathlib

import keras
import numpy as np
import pytest

from pipelines import batch
from tests.goldens import load_by_name, random_weights
from tfrecords_tools.base import errors
from video_models import streaming_network
from video_models.backbones import movinet

FOLDER = pathlib.Path(random_weights.__file__).parent / "model_garden"
CONFIGS = {
    "movinet_a0_base": movinet.Config(),
    "movinet_a0_stream": movinet.Config(causal=True, positions=True),
}
every_golden = pytest.mark.parametrize("name", CONFIGS)


@functools.cache
def recorded(name):
    return json.loads((FOLDER / f"{name}.json").read_text())


@functools.cache
def components(name):
    """Backbone and head with the drawn weights, and the names of these."""
    golden, config = recorded(name), CONFIGS[name]
    clip = batch.ClipSpec(frames=golden["frames"], size=golden["size"])
    backbone = movinet.build(config, clip)
    shapes = {"volume": tuple(backbone.output["volume"].shape[1:])}
    head = movinet.published_head(config, shapes, golden["classes"], None)
    weights = random_weights.draw(golden["shapes"], golden["gain"])
    used = set()
    for part in (backbone, head):
        used |= load_by_name.load(
            part, movinet.published_name, weights, outputs_first=False
        )
    return backbone, head, used


@every_golden
def test_logits_are_those_of_the_model_garden(name):
    backbone, head, _ = components(name)
    golden = recorded(name)
    clip = random_weights.clip(golden["frames"], golden["size"])
    logits = head(backbone(np.float32(clip)))[0]
    assert np.max(np.abs(logits - golden["logits"])) < 1e-4


@every_golden
def test_every_weight_of_the_model_garden_has_its_place(name):
    backbone, head, used = components(name)
    golden = recorded(name)
    assert used == golden["shapes"].keys()
    assert backbone.count_params() + head.count_params() == golden["parameters"]


def test_weights_and_averages_are_as_many_as_in_the_released_network():
    _, head, _ = components("movinet_a0_base")
    backbone = components("movinet_a0_base")[0]
    assert backbone.count_params() == 911_583
    assert head.count_params() == 3_126_071 - 911_583


def test_network_that_is_not_causal_has_no_stream():
    clip = batch.ClipSpec(frames=1, size=32)
    with pytest.raises(errors.UserError, match=r"--backbone\.causal=true"):
        movinet.build_stream(movinet.TINY, clip)


SETTINGS = {
    "3d": {"conv": "3d", "squeeze": "3d"},
    "2d": {"squeeze": "2d", "activation": "swish", "positions": False},
}


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_stream_in_chunks_gives_what_the_clip_gives(settings):
    config = dataclasses.replace(movinet.TINY_STREAM, **settings)
    clip = batch.ClipSpec(frames=4, size=32)
    frames = np.float32(random_weights.clip(clip.frames, clip.size))
    network = movinet.build(config, clip)
    network.set_weights([each + 0.1 for each in network.get_weights()])
    chunk = dataclasses.replace(clip, frames=2)
    stream = movinet.build_stream(config, chunk)
    stream.set_weights(network.get_weights())
    found, states = [], streaming_network.zero_states(stream, 1)
    for start in (0, 2):
        given = {"frames": frames[:, start : start + 2], **states}
        states = stream(
            keras.tree.map_structure(keras.ops.convert_to_tensor, given)
        )
        found.append(states.pop("volume"))
    wanted = network(keras.ops.convert_to_tensor(frames))["volume"]
    np.testing.assert_allclose(np.concatenate(found, 1), wanted, atol=1e-4)


@pytest.mark.parametrize("variant", ["a0", "a3"])
def test_only_large_causal_networks_know_the_number_of_a_frame(variant):
    config = dataclasses.replace(movinet.TINY, variant=variant, causal=True)
    network = movinet.build(config, batch.ClipSpec(frames=2, size=32))
    knows = any("positions" in layer.name for layer in network.layers)
    assert knows == (variant == "a3")
