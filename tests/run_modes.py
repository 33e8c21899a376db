"""The two ways in which a data op must give the same: eagerly, in tf.data."""

import pytest
import tensorflow as tf


def eagerly(function, *inputs):
    return function(*map(tf.convert_to_tensor, inputs))


def in_tf_data(function, *inputs):
    inputs = tuple(map(tf.convert_to_tensor, inputs))
    data = tf.data.Dataset.from_tensors(inputs)
    return data.map(function).get_single_element()


both = pytest.mark.parametrize("run", (eagerly, in_tf_data))
