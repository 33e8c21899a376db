"""A network and its halves give the same answers."""

import keras
import numpy as np
import pytest

from pipelines import batch
from tfrecords_tools.base import registry
from video_models import split_network, video_network

CLIP = batch.ClipSpec(frames=3, size=16)


def tiny(kind, name):
    module = registry.load(f"video_models.{kind}", name)
    return registry.Chosen(name, module, module.TINY)


def network_of(backbone, temporal, head):
    chosen = tiny("backbones", backbone), tiny("temporal", temporal)
    return video_network.build(*chosen, tiny("heads", head), CLIP, 2)


@pytest.fixture(scope="module")
def network():
    return network_of("frame_conv", "attention", "classifier")


@pytest.fixture(scope="module")
def frames():
    return np.random.default_rng(0).uniform(0, 255, (2, *CLIP.shape))


def test_the_halves_one_after_the_other_are_the_network(network, frames):
    halves = split_network.split(network)
    logits = halves.rest(halves.encoder(frames))
    np.testing.assert_array_equal(logits, network(frames))


def test_the_halves_share_the_weights_of_the_network(network):
    halves = split_network.split(network)
    both = [*halves.encoder.weights, *halves.rest.weights]
    assert {id(w) for w in both} == {id(w) for w in network.weights}


def test_features_are_pooled_over_space(network):
    assert len(split_network.split(network).encoder.output.shape) == 3


def test_an_averaged_copy_has_halves_of_its_own(network, frames):
    copy = keras.models.clone_model(network)
    halves = split_network.split(copy)
    logits = halves.rest(halves.encoder(frames))
    np.testing.assert_array_equal(logits, copy(frames))


def test_a_published_head_has_no_halves():
    network = network_of("r3d", "none", "published")
    assert split_network.split(network) is None
