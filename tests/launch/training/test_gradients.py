import keras
import tensorflow as tf

from launch.training import gradients
from tests.launch import toy_objectives


def test_second_part_waits_for_the_gradients_of_the_first():
    objective = toy_objectives.classification(keras.optimizers.SGD)
    weights = objective.networks["classifier"].trainable_variables
    compute = gradients.build_gradient_function(
        objective, "classifier", weights, 8, 2
    )
    clips = {
        name: tf.TensorSpec((8, *values.shape[1:]), values.dtype)
        for name, values in toy_objectives.clips(8).items()
    }
    traced = tf.function(compute).get_concrete_function(
        clips,
        tf.TensorSpec(2, tf.int64),
        tf.TensorSpec((), tf.int64),
        tf.TensorSpec((), tf.int32),
    )
    waiting = [
        operation
        for operation in traced.graph.get_operations()
        if operation.type == "Identity"
        and len(operation.control_inputs) >= len(weights)
    ]
    assert len(waiting) == len(clips)


class _Telling(toy_objectives.TwoPlayers):
    """Tells a share that nothing is to be learnt from."""

    only_logged = frozenset({"told"})

    def losses(self, player, batch, outputs, step):
        found = super().losses(player, batch, outputs, step)
        return {**found, "told": 1e6 * tf.reduce_mean(outputs, (1, 2, 3, 4))}


def test_what_is_only_logged_teaches_nothing():
    keras.utils.set_random_seed(0)
    goal = _Telling(keras.optimizers.SGD)
    batch = tf.nest.map_structure(tf.constant, toy_objectives.clips(8, 1))
    batch["mask"] = tf.ones(8)
    weights = goal.networks["generator"].trainable_variables
    compute = gradients.build_gradient_function(goal, "maker", weights, 8)
    slopes, losses = compute(batch, tf.zeros(2, tf.int64), 0, 0)
    assert losses["loss"] == losses["fooled"] and losses["told"] > 1e6
    assert all(tf.reduce_max(tf.abs(slope)) < 1e3 for slope in slopes)


def test_hit_rates_are_those_of_the_clips_that_count():
    goal = toy_objectives.classification(keras.optimizers.SGD)
    frames = toy_objectives.clips(8)["frames"][:8]
    logits = goal.networks["classifier"](frames)
    best = tf.argmax(logits, axis=-1, output_type=tf.int32)
    label = tf.concat([best[:3], (best[3:4] + 1) % 3, [-1] * 4], axis=0)
    batch = {"frames": frames, "label": label, "mask": tf.ones(8)}
    weights = goal.networks["classifier"].trainable_variables
    for steps in (1, 2):
        compute = gradients.build_gradient_function(
            goal, "classifier", weights, 8, steps
        )
        _, sums = compute(batch, tf.zeros(2, tf.int64), 0, 0)
        values = gradients.with_hit_rates(sums)
        assert list(values) == ["loss", "accuracy"]
        assert float(values["accuracy"]) == 0.75
