"""What exported generators and enhancers refuse; see test_request_limits."""

import types

import keras
import numpy as np
import pytest
import tensorflow as tf

from launch.enhancement import enhancer
from launch.requests import request_limits
from launch.serving import generator_export
from pipelines import batch
from tests.launch import toy_objectives
from tfrecords_tools.base import errors

CLIP = batch.ClipSpec(frames=2, size=8)
LIMITS = request_limits.Config(frame_pixels=19200, request_pixels=2 * 8 * 8 * 5)


@pytest.fixture(scope="module")
def generator(tmp_path_factory):
    goal = toy_objectives.gan(keras.optimizers.SGD)
    folder = tmp_path_factory.mktemp("generator")
    path = generator_export.export(goal, goal.networks, CLIP, folder, LIMITS)
    model = tf.saved_model.load(str(path))
    yield model.signatures["serving_default"], goal.noise_shape
    del model


@pytest.fixture(scope="module")
def enhancers(tmp_path_factory):
    """By the number of frames that they see at once: two, and each alone."""
    made = {}
    for count in (2, 1):
        clips = keras.Input((None, None, None, 3))
        network = keras.Model(clips, {"frames": clips * 0.5})
        enhances = types.SimpleNamespace(
            factor=1,
            frames=count,
            overlap=0,
            whole=False,
            network=lambda networks: networks["generator"],
        )
        goal = types.SimpleNamespace(enhances=enhances)
        folder = tmp_path_factory.mktemp("enhancer")
        enhancer.export(goal, {"generator": network}, folder, LIMITS)
        made[count] = enhancer.load(folder)
    return made


def made_of(generator, clips, labels=None, shape=None):
    call, noise_shape = generator
    noise = np.zeros((clips, *(shape or noise_shape)), np.float32)
    labels = np.zeros(clips) if labels is None else np.array(labels)
    return call(noise=tf.constant(noise), label=tf.constant(labels, tf.int32))[
        "frames"
    ]


def refusal(*given, **more):
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        made_of(*given, **more)
    return caught.value.message


def test_no_noise_makes_no_clips(generator):
    assert made_of(generator, 0).shape == (0, 2, 8, 8, 3)
    assert made_of(generator, 2).shape == (2, 2, 8, 8, 3)


def test_noise_of_another_shape_is_named(generator):
    said = refusal(generator, 2, shape=(3, 7))
    assert "noise has shape [2, 3, 7], wanted [N, 3, " in said


@pytest.mark.parametrize("shape", [(), (2,), (2, 2), (1, 2, 3, 4, 5)])
def test_labels_of_another_rank_are_named(generator, shape):
    call, noise_shape = generator
    noise = tf.zeros((2, *noise_shape))
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        call(noise=noise[0, 0], label=tf.zeros(shape, tf.int32))
    assert f"noise has shape [{noise_shape[1]}], wanted" in caught.value.message
    if shape != (2,):
        with pytest.raises(tf.errors.InvalidArgumentError) as caught:
            call(noise=noise, label=tf.zeros(shape, tf.int32))
        assert f"label has shape {list(shape)}, wanted" in caught.value.message


def test_a_label_for_each_clip_is_wanted(generator):
    said = refusal(generator, 2, labels=[0])
    assert "label has shape [1], wanted [N], N the same" in said


@pytest.mark.parametrize("label", [-1, 3])
def test_unknown_labels_are_refused(generator, label):
    said = refusal(generator, 2, labels=[0, label])
    assert f"got label {label}, wanted 0 to 2" in said


def test_too_many_clips_are_not_made(generator):
    assert "got 6 clips in one request, at most 5" in refusal(generator, 6)


@pytest.mark.parametrize("count", [1, 2])
def test_no_clips_are_enhanced_to_none(enhancers, count):
    network = enhancers[count]
    frames, factor = network.frames, network.factor
    none = np.zeros((0, frames, 6, 7, 3), np.uint8)
    assert network(none).shape == (0, frames, 6 * factor, 7 * factor, 3)


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        ((1, 2, 0, 7, 3), "2 frames of 7x0 pixels"),
        ((1, 2, 200, 100, 3), "at most 19200 pixels each"),
        ((1, 0, 6, 7, 3), "0 frames of 7x6"),
        ((8, 2, 8, 8, 3), "got 8 clips in one request, at most 5"),
        ((1, 2, 6, 7, 1), "6, 7, 1], wanted [N, any, any, any, 3]"),
    ],
)
def test_frames_that_cannot_be_enhanced_are_refused(enhancers, shape, told):
    with pytest.raises(errors.UserError) as caught:
        enhancers[1](np.zeros(shape, np.uint8))
    assert told in str(caught.value)


def test_other_numbers_of_frames_than_are_seen_at_once_are_refused(enhancers):
    network = enhancers[2]
    with pytest.raises(errors.UserError, match=r"\[1, 5, 6, 7, 3\], wanted"):
        network(np.zeros((1, 5, 6, 7, 3), np.uint8))
