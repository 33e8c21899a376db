import keras
import tensorflow as tf

from launch import gradients
from tests.launch import toy_objectives


def test_second_part_waits_for_the_gradients_of_the_first():
    objective = toy_objectives.classification(keras.optimizers.SGD)
    weights = objective.networks["classifier"].trainable_variables
    compute = gradients.of_player(objective, "classifier", weights, 8, 2)
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
