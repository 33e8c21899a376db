import collections

import numpy as np
import pytest
import tensorflow as tf

from pipelines.augmentations import rand_augment
from pipelines.pixels import clip_operations
from tfrecords_tools.base import errors

GREY = np.full((2, 8, 8, 3), 100, np.uint8)


def many(count, **config):
    """The first value of grey clips."""
    change = rand_augment.build(rand_augment.Config(**config))
    found = tf.data.Dataset.range(count).map(
        lambda number: change(tf.constant(GREY), tf.stack([1, number]))
    )
    return [int(clip[0, 0, 0, 0]) for clip in found.as_numpy_iterator()]


def test_magnitude_is_in_tenths_and_to_either_side():
    found = many(100, layers=1, magnitude=5.0, operations=("brightness",))
    assert set(found) == {145, 55}
    assert 30 < found.count(145) < 70


def test_layers_come_one_after_another():
    found = many(100, layers=2, magnitude=10.0, operations=("brightness",))
    # Factors of 1.9 and 0.1.
    assert set(found) == {255, 19, 1}


def test_only_listed_operations_are_drawn_and_all_as_often():
    names = ("solarize", "posterize", "identity")
    found = many(300, layers=1, magnitude=10.0, operations=names)
    counts = collections.Counter(found)
    assert set(counts) == {155, 96, 100}
    assert all(70 < count < 130 for count in counts.values())


def test_only_the_drawn_operation_runs():
    change = rand_augment.build(rand_augment.Config(layers=1))
    spec = tf.TensorSpec(GREY.shape, tf.uint8), tf.TensorSpec((2,), tf.int64)
    graph = tf.function(change).get_concrete_function(*spec).graph
    kinds = {node.op for node in graph.as_graph_def().node}
    assert kinds & {"Case", "StatelessCase"}
    assert not kinds & {"DepthwiseConv2dNative", "DenseBincount", "MatMul"}


def test_all_operations_are_listed_by_default():
    assert rand_augment.Config().operations == clip_operations.NAMES


def test_empty_list_is_refused():
    with pytest.raises(errors.UserError, match="operations is empty"):
        rand_augment.Config(operations=())
