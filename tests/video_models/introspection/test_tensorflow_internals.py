"""What `tensorflow_internals` relies on, one fact of TensorFlow a test."""

import tensorflow as tf

from video_models.introspection import tensorflow_internals


def test_variables_become_constants():
    factor = tf.Variable(3.0)
    traced = tf.function(lambda x: {"y": factor * x}).get_concrete_function(
        tf.TensorSpec((), tf.float32, "x")
    )
    frozen = tensorflow_internals.with_constants(traced)
    factor.assign(0.0)
    assert not frozen.variables
    assert [each.op.name for each in frozen.inputs] == ["x"]
    assert [float(each) for each in frozen(tf.constant(2.0))] == [6.0]


def test_the_body_of_a_loop_is_found_by_its_name():
    def loop(x):
        return tf.while_loop(
            lambda x: x < 9, lambda x: (2 * x,), (x,), maximum_iterations=5
        )

    traced = tf.function(loop).get_concrete_function(
        tf.TensorSpec((), tf.int32)
    )
    (while_loop,) = [
        each
        for each in traced.graph.get_operations()
        if each.type in ("While", "StatelessWhile")
    ]
    body = tensorflow_internals.function_in(
        while_loop.graph, while_loop.get_attr("body").name
    )
    assert "Mul" in {each.type for each in body.get_operations()}
    assert len(body.outputs) == len(while_loop.outputs)
