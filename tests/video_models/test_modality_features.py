"""Networks see any modalities; what is missing or padding changes nothing."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.video_models import tiny_modalities
from tests.video_models.tiny_modalities import KINDS, TASK, examples, tiny
from tfrecords_tools.base import errors
from video_models import network_inputs, video_network

NAMES = {
    "audio": {"spectrogram"},
    "text": {"tokens", "tokens_mask"},
    "two": {"frames", "spectrogram", "has_audio"},
    "three": {"frames", "spectrogram", "has_audio"}
    | {"tokens", "tokens_mask", "has_text"},
}


def _network(*modalities, **chosen):
    return _built(tiny_modalities.components(*modalities, **chosen))


def _built(components):
    keras.utils.set_random_seed(3)
    return video_network.build(
        components.backbone,
        components.temporal,
        components.head,
        TASK.clip,
        3,
        components.further(TASK.audio, TASK.text),
    )


def _logits(network, batch):
    return network(network_inputs.of_batch(network, batch)).numpy()


@pytest.mark.parametrize("kind", KINDS)
def test_network_takes_the_entries_of_what_it_sees(kind):
    network = _network(*KINDS[kind])
    assert set(network.input) == NAMES[kind]
    assert _logits(network, examples()).shape == (4, 3)


def test_padding_of_text_alone_changes_nothing():
    network, batch = _network("text"), examples()
    padded = batch | {"tokens": batch["tokens"] * [1, 1, 1, 1, 0, 0]}
    np.testing.assert_array_equal(
        _logits(network, batch), _logits(network, padded)
    )


def test_missing_audio_changes_nothing():
    network, batch = _network("frames", "audio"), examples()
    other = batch | {"spectrogram": batch["spectrogram"] + 1}
    same = _logits(network, batch) == _logits(network, other)
    assert same.all(axis=1).tolist() == [False, True, False, True]


def test_head_of_time_steps_needs_a_fusion_that_keeps_them():
    with pytest.raises(errors.UserError, match="--fusion=temporal"):
        _network("frames", "audio", head="per_frame")
    kept = _network("frames", "audio", head="per_frame", fusion="temporal")
    assert _logits(kept, examples()).shape == (4, 4, 3)


def test_published_head_is_of_frames_alone():
    published = tiny("heads", "classifier")._replace(name="published")
    components = tiny_modalities.components("audio")
    with pytest.raises(errors.UserError, match="--head=classifier"):
        video_network.build(
            None,
            components.temporal,
            published,
            TASK.clip,
            3,
            components.further(TASK.audio, TASK.text),
        )


@pytest.mark.full
def test_softmax_and_logits_are_float32_under_bfloat16():
    components = tiny_modalities.components(
        "frames", "audio", fusion="temporal"
    )
    components = dataclasses.replace(
        components, temporal=tiny("temporal", "attention")
    )
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        network = _built(components)
    finally:
        keras.config.set_dtype_policy("float32")
    given = network_inputs.of_batch(network, examples())
    traced = tf.function(network).get_concrete_function(given)
    kinds = {
        op.outputs[0].dtype
        for op in traced.graph.get_operations()
        if op.type == "Softmax"
    }
    assert kinds == {tf.float32} == {network(given).dtype}
