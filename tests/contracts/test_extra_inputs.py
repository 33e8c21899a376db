"""What every file of `pipelines/extra_inputs` must hold to."""

import numpy as np
import pytest
import tensorflow as tf

from pipelines import batch
from tests import run_modes
from tfrecords_tools.base import registry

FOLDER = "pipelines.extra_inputs"
CLIP = batch.ClipSpec(frames=4, size=64)
SEEDS = [np.array([7, number], np.int64) for number in range(6)]
NAMES = registry.names_in(FOLDER)
BUILT = [n for n in NAMES if registry.load(FOLDER, n).build]
# What is off by default, so that it is held to the same.
ALL_ON = {
    "low_resolution": {
        "max_blur": 2.0,
        "max_noise": 20.0,
        "min_quality": 30,
        "min_brightness": 0.3,
        "max_lost_blocks": 0.5,
    }
}
CASES = [(name, {}) for name in BUILT] + list(ALL_ON.items())

every_extra_input = pytest.mark.parametrize("name, changes", CASES)


def built(name, changes):
    config = registry.load(FOLDER, name).Config(**changes)
    return registry.choose(FOLDER, name, config).build(CLIP)


def frames():
    """uint8 [4, 64, 64, 3], a coloured pattern that moves."""
    frame, row, column, color = np.indices(CLIP.shape)
    waves = np.sin((row + 2 * column) / 3 + frame + 2 * color)
    return (127 + 100 * waves).astype(np.uint8)


def entries(name, changes, seed=SEEDS[0], run=run_modes.eagerly):
    found = run(built(name, changes), frames(), seed)
    return {entry: value.numpy() for entry, value in found.items()}


def traced(name, changes):
    spec = tf.TensorSpec(CLIP.shape, tf.uint8), tf.TensorSpec((2,), tf.int64)
    return tf.function(built(name, changes)).get_concrete_function(*spec)


def same(one, other):
    return one.keys() == other.keys() and all(
        np.array_equal(one[entry], other[entry]) for entry in one
    )


@pytest.mark.parametrize("name", NAMES)
def test_extra_input_is_made_of_the_frames_or_is_another_cut(name):
    module = registry.load(FOLDER, name)
    kinds = module.build is not None, module.CLIPS > 1, module.SHIFTS_AUDIO
    assert sum(kinds) == 1


@every_extra_input
def test_static_shapes_and_dtypes_are_those_that_come_out(name, changes):
    static = traced(name, changes).structured_outputs
    for entry, value in entries(name, changes).items():
        assert static[entry].shape == value.shape
        assert static[entry].dtype == value.dtype


@every_extra_input
def test_graph_holds_no_state_and_no_python(name, changes):
    # A loop or a call with a stateful op in its body is stateful, too.
    stateful = {
        op.type
        for op in traced(name, changes).graph.get_operations()
        if op.op_def.is_stateful
    }
    assert stateful <= {"Placeholder", "_Arg"}


@every_extra_input
def test_tf_data_gives_what_eager_gives(name, changes):
    for seed in SEEDS[:3]:
        eager = entries(name, changes, seed)
        assert same(entries(name, changes, seed, run_modes.in_tf_data), eager)


@every_extra_input
@run_modes.both
def test_equal_seeds_give_equal_extra_inputs(name, changes, run):
    assert same(
        entries(name, changes, run=run), entries(name, changes, run=run)
    )


@every_extra_input
def test_frames_that_come_in_are_not_written_to(name, changes):
    clip = tf.constant(frames())
    built(name, changes)(clip, tf.constant(SEEDS[0]))
    assert np.array_equal(clip, frames())


@every_extra_input
def test_seeds_differ_where_something_is_drawn(name, changes):
    first, *rest = (entries(name, changes, seed) for seed in SEEDS)
    draws = (name, changes) != ("low_resolution", {})
    assert any(not same(first, other) for other in rest) == draws
