"""Frozen layers in the train loop; see also tests/video_models."""

import functools

import keras
import numpy as np
import pytest
import tensorflow as tf

from launch.training import train_loop
from tests.launch import toy_objectives
from tfrecords_tools.base import errors


def loop_of(*patterns):
    def make():
        optimizer = lambda: keras.optimizers.AdamW(0.1)  # noqa: E731
        return toy_objectives.classification(optimizer, norm="batch")

    config = train_loop.Config(batch_size=8, ema_decay=0.5, freeze=patterns)
    return train_loop.TrainLoop(make, tf.distribute.get_strategy(), config)


@functools.cache
def before_and_after():
    """All variables by path, and the averages, around two steps."""
    loop = loop_of("frame_conv/conv")
    clips = tf.data.Dataset.from_tensor_slices(toy_objectives.clips(8))
    batches = iter(clips.repeat().batch(8, drop_remainder=True))
    both = []
    for step in range(3):
        both.append(
            {
                (kind, variable.path): variable.numpy()
                for kind, networks in (
                    ("own", loop.objective.networks),
                    ("average", loop.averaged),
                )
                for variable in networks["classifier"].weights
            }
        )
        if step < 2:
            loop.execute(batches, step)
    return both[0], both[-1]


def unchanged():
    before, after = before_and_after()
    return {k for k, v in before.items() if np.array_equal(v, after[k])}


@pytest.mark.parametrize("kind", ["own", "average"])
def test_nothing_of_a_frozen_layer_moves(kind):
    frozen = {path for name, path in unchanged() if name == kind}
    assert "conv1/kernel" in frozen
    assert "conv1_norm/gamma" in frozen
    assert "conv1_norm/moving_mean" in frozen
    assert "conv2_norm/moving_variance" in frozen


@pytest.mark.parametrize("kind", ["own", "average"])
def test_other_layers_learn(kind):
    moved = before_and_after()[0].keys() - unchanged()
    assert (kind, "whole/kernel") in moved
    assert (kind, "logits/kernel") in moved


def test_optimizer_holds_no_state_of_frozen_layers():
    whole, rest = (
        len(loop_of(*p).state["optimizer_classifier"])
        for p in ((), ("frame_conv/conv",))
    )
    # Two slots for each of two kernels, two scales and two offsets.
    assert whole - rest == 2 * 6


def test_pattern_that_is_found_nowhere_is_refused_with_the_groups():
    with pytest.raises(errors.UserError, match="classifier/frame_conv/conv1"):
        loop_of("stem_time")


def test_pattern_that_is_none_is_refused():
    with pytest.raises(errors.UserError, match="no regular expression"):
        loop_of("stem(")


def test_freezing_everything_is_refused():
    with pytest.raises(errors.UserError, match="nothing to train"):
        loop_of("classifier/")
