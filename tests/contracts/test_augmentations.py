"""What every file of `pipelines/augmentations` must hold to.

A file offers `build`, which changes one clip, or `mix`, which mixes the clips
of a batch. One that changes frames apart says so: `PER_FRAME = True`.
"""

import functools

import hypothesis
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import strategies

from tests import run_modes
from tfrecords_tools.base import registry

FOLDER = "pipelines.augmentations"
MODULES = {n: registry.load(FOLDER, n) for n in registry.names_in(FOLDER)}
SHAPE = (3, 24, 32, 3)
SQUARE = (3, 24, 24, 3)  # as all clips of a ClipSpec are
ROWS = 3

few = hypothesis.settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    phases=[hypothesis.Phase.generate],
)
fewer = hypothesis.settings(few, max_examples=3)  # tf.data compiles each
examples = hypothesis.given(data=strategies.data())
numbers = strategies.integers(-(2**63), 2**63 - 1)


def each_that(condition):
    names = [name for name, module in MODULES.items() if condition(module)]
    return pytest.mark.parametrize("name", names)


def mixes(module):
    return module.mix is not None


every_augmentation = each_that(lambda module: True)
every_mixer = each_that(mixes)
every_window = each_that(lambda module: module.window)


def waves(shape, number):
    """A coloured pattern that moves from frame to frame."""
    *_, frame, row, column, color = np.indices(shape)
    turn = (row + 2 * column) / 7 + frame + 2 * color + number
    return (127.5 + 127.5 * np.sin(turn)).astype(np.uint8)


def noise(shape, number):
    return np.random.default_rng(number).integers(0, 256, shape, np.uint8)


def black_or_white(shape, number):
    return np.full(shape, 255 * (number % 2), np.uint8)


def batch_or_clip(name, frames, seeds):
    """What the augmentation takes of a batch: all of it, or its first row."""
    return (frames, seeds) if mixes(MODULES[name]) else (frames[0], seeds[0])


@strategies.composite
def inputs(draw, name, shape=SHAPE):
    """Frames and seed; patterns, and seeds from everywhere."""
    paint = draw(strategies.sampled_from([waves, noise, black_or_white]))
    first = draw(strategies.integers(0, 99))
    frames = [paint(shape, number) for number in range(first, first + ROWS)]
    seeds = [[draw(numbers), draw(numbers)] for _ in frames]
    return batch_or_clip(name, np.stack(frames), np.array(seeds))


def change(name, off=False):
    """A function of frames and seed; what comes out is a tuple of tensors."""
    module = MODULES[name]
    config = module.OFF if off else module.Config()
    if mixes(module):
        return module.mix(config)
    build = module.build(config)
    return lambda frames, seed: (build(frames, seed),)


@functools.cache
def graph(name, off=False, shape=SHAPE):
    """The same, traced once."""
    rows = (ROWS,) if mixes(MODULES[name]) else ()
    frames = tf.TensorSpec((*rows, *shape), tf.uint8)
    seed = tf.TensorSpec((*rows, 2), tf.int64)
    return tf.function(change(name, off), input_signature=[frames, seed])


def assert_same_bytes(found, wanted):
    for one, other in zip(found, wanted, strict=True):
        assert np.array_equal(one, other)


@every_augmentation
def test_shape_and_dtype_are_kept(name):
    frames, *shares = graph(name).get_concrete_function().outputs
    rows = (ROWS,) if mixes(MODULES[name]) else ()
    assert frames.shape == (*rows, *SHAPE)
    assert frames.dtype == tf.uint8
    assert [share.shape for share in shares] == [rows for _ in rows]
    assert [share.dtype for share in shares] == [tf.float32 for _ in rows]


@every_augmentation
@fewer
@examples
def test_graph_gives_what_eager_gives(name, data):
    given = data.draw(inputs(name))
    eager = run_modes.eagerly(change(name), *given)
    assert_same_bytes(run_modes.in_tf_data(graph(name), *given), eager)


@every_augmentation
@few
@examples
def test_equal_seeds_give_equal_clips(name, data):
    given = data.draw(inputs(name))
    assert_same_bytes(graph(name)(*given), graph(name)(*given))


@each_that(lambda module: module.Config() != module.OFF)
def test_some_seeds_give_different_clips(name):
    frames = noise((ROWS, *SHAPE), 0)
    seeds = [np.full((ROWS, 2), number, np.int64) for number in range(16)]
    given = [batch_or_clip(name, frames, each) for each in seeds]
    assert len({graph(name)(*each)[0].numpy().tobytes() for each in given}) > 1


@each_that(lambda module: not module.PER_FRAME)
@few
@examples
def test_equal_frames_stay_equal(name, data):
    frames, seed = data.draw(inputs(name))
    still = np.repeat(frames[..., :1, :, :, :], SHAPE[0], axis=-4)
    found = graph(name)(still, seed)[0].numpy()
    assert np.array_equal(
        found, np.broadcast_to(found[..., :1, :, :, :], found.shape)
    )


@every_augmentation
@pytest.mark.parametrize("make", [change, graph])
@few
@examples
def test_strength_0_changes_no_byte(name, make, data):
    frames, seed = data.draw(inputs(name, SQUARE))
    off = make(name, True) if make is change else make(name, True, SQUARE)
    found, *shares = run_modes.eagerly(off, frames, seed)
    assert np.array_equal(found, frames)
    assert [share.numpy().min() for share in shares] == [1.0 for _ in shares]


@every_augmentation
def test_clip_that_comes_in_is_not_written_to(name):
    frames, seeds = noise((ROWS, *SHAPE), 0), np.ones((ROWS, 2), np.int64)
    frames, seed = batch_or_clip(name, frames, seeds)
    given = tf.constant(frames)
    change(name)(given, tf.constant(seed))
    assert np.array_equal(given, frames)


def operations(name):
    """Names of all operations in the graph and its functions."""
    whole = graph(name).get_concrete_function().graph.as_graph_def()
    functions = [each.node_def for each in whole.library.function]
    return {node.op for nodes in (whole.node, *functions) for node in nodes}


@every_augmentation
def test_graph_calls_no_python(name):
    assert not [each for each in operations(name) if "PyFunc" in each]


@every_augmentation
def test_graph_draws_only_from_seeds(name):
    drawing = {each for each in operations(name) if "Random" in each}
    assert not [n for n in drawing if not n.startswith("StatelessRandom")]


@every_mixer
@few
@examples
def test_partner_is_the_next_clip_and_own_its_own_share(name, data):
    levels = np.array([0.0, 100.0, 250.0])
    frames = np.broadcast_to(levels[:, None, None, None, None], (3, *SHAPE))
    seeds = np.array([[data.draw(numbers), row] for row in range(ROWS)])
    mixed, own = graph(name)(frames.astype(np.uint8), seeds)
    assert (0.0 <= own.numpy()).all() and (own.numpy() <= 1.0).all()
    wanted = own * levels + (1.0 - own) * np.roll(levels, -1)
    found = mixed.numpy().mean((1, 2, 3, 4))
    np.testing.assert_allclose(found, wanted, atol=0.51)


@every_window
@run_modes.both
@few
@examples
def test_window_lies_inside_the_frame(name, run, data):
    side = strategies.integers(1, 4000)
    shape = data.draw(strategies.tuples(side, side))
    seed = data.draw(strategies.tuples(numbers, numbers))
    draw = MODULES[name].window(MODULES[name].Config())
    found = run(draw, np.int64(shape), np.int64(seed))
    assert found.dtype == tf.int32
    top, left, height, width = found.numpy()
    assert 0 <= top < top + height <= shape[0]
    assert 0 <= left < left + width <= shape[1]
