import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from launch import train_loop
from pipelines import batch
from tests.launch import toy_objectives
from tfrecords_tools.base import errors, registry
from video_models import objective as objectives


def _loop(**settings) -> train_loop.TrainLoop:
    def make():
        optimizer = lambda: keras.optimizers.SGD(0.1)  # noqa: E731
        return toy_objectives.TwoPlayers(optimizer)

    config = train_loop.Config(batch_size=8, **settings)
    return train_loop.TrainLoop(make, tf.distribute.get_strategy(), config)


def _batches():
    clips = toy_objectives.clips(8)
    data = tf.data.Dataset.from_tensor_slices(clips).repeat()
    return iter(data.batch(8, drop_remainder=True))


def test_player_moves_only_in_its_steps():
    loop = _loop(steps=2)
    maker = dataclasses.replace(loop.objective.players[1], every=2)
    loop.objective.players = (loop.objective.players[0], maker)
    batches = _batches()
    first = loop.execute(batches, 0)
    second = loop.execute(batches, 1)
    assert any(name.startswith("maker/") for name in first)
    assert not any(name.startswith("maker/") for name in second)


def test_averaged_weights_follow_the_weights():
    loop = _loop(steps=1, average=0.5)
    variable = loop.objective.networks["generator"].trainable_variables[0]
    copy = loop.averaged["generator"].trainable_variables[0]
    before = variable.numpy()
    loop.execute(_batches(), 0)
    # The decay of the first step is (1 + 0) / (10 + 0).
    expected = 0.1 * before + 0.9 * variable.numpy()
    np.testing.assert_allclose(copy.numpy(), expected, rtol=1e-5, atol=1e-7)


def test_parts_are_refused_where_clips_are_compared():
    def make():
        return toy_objectives.Gathering(keras.optimizers.SGD)

    config = train_loop.Config(batch_size=8, parts=2)
    with pytest.raises(errors.UserError, match="--train.parts"):
        train_loop.TrainLoop(make, tf.distribute.get_strategy(), config)


def test_compiled_step_has_static_shapes_only():
    clip = batch.ClipSpec(frames=4, size=16)
    parts = objectives.Parts(
        *(
            registry.choose(f"video_models.{package}", name)
            for package, name in (
                ("backbones", "frame_conv"),
                ("temporal", "attention"),
                ("heads", "classifier"),
            )
        )
    )
    chosen = registry.choose("video_models.objectives", "classification")
    task = objectives.Task(clip, ("a", "b"))
    loop = train_loop.TrainLoop(
        lambda: chosen.build(parts, task, keras.optimizers.AdamW),
        tf.distribute.get_strategy(),
        train_loop.Config(batch_size=2),
        xla=True,
    )
    example = {
        "frames": tf.zeros((2, *clip.shape), tf.uint8),
        "label": tf.zeros(2, tf.int32),
        "mask": tf.ones(2),
    }
    compute = loop._gradients["classifier"]
    seed = tf.zeros(2, tf.int64)
    step, replica = tf.constant(0, tf.int64), tf.constant(0)
    compute(example, seed, step, replica)
    lower = compute.experimental_get_compiler_ir(example, seed, step, replica)
    # XLA writes a dimension that is only bounded as <=16.
    assert "<=" not in lower(stage="hlo")
