"""What every file of `pipelines/augmentations` must hold to."""

import numpy as np
import pytest
import tensorflow as tf

from tests import run_modes
from tfrecords_tools.base import registry

FOLDER = "pipelines.augmentations"
SHAPE = (3, 24, 32, 3)
SEEDS = [np.array([7, number], np.int64) for number in range(12)]
NAMES = registry.names_in(FOLDER)
WINDOWS = [n for n in NAMES if hasattr(registry.load(FOLDER, n), "window")]

every_augmentation = pytest.mark.parametrize("name", NAMES)
every_window = pytest.mark.parametrize("name", WINDOWS)


def moving_clip():
    """uint8 [3, 24, 32, 3], a coloured pattern that moves."""
    frame, row, column, color = np.indices(SHAPE)
    waves = np.sin((row + 2 * column) / 7 + frame + 2 * color)
    return (127 + 100 * waves).astype(np.uint8)


def still_clip():
    """Three times the same frame."""
    return np.repeat(moving_clip()[:1], SHAPE[0], axis=0)


def changed(name, clip, seed, run=run_modes.eagerly):
    return run(registry.choose(FOLDER, name).build(), clip, seed).numpy()


@every_augmentation
@run_modes.both
def test_shape_and_dtype_are_kept(name, run):
    found = changed(name, moving_clip(), SEEDS[0], run)
    assert found.shape == SHAPE
    assert found.dtype == np.uint8


@every_augmentation
def test_static_shape_is_kept(name):
    change = tf.function(registry.choose(FOLDER, name).build())
    spec = tf.TensorSpec(SHAPE, tf.uint8), tf.TensorSpec((2,), tf.int64)
    assert change.get_concrete_function(*spec).outputs[0].shape == SHAPE


@every_augmentation
def test_equal_frames_stay_equal(name):
    for seed in SEEDS:
        found = changed(name, still_clip(), seed)
        assert np.array_equal(found, np.repeat(found[:1], SHAPE[0], axis=0))


@every_augmentation
def test_graph_gives_what_eager_gives(name):
    for seed in SEEDS[:4]:
        eager = changed(name, moving_clip(), seed)
        graph = changed(name, moving_clip(), seed, run_modes.in_tf_data)
        assert np.array_equal(eager, graph)


@every_augmentation
@run_modes.both
def test_equal_seeds_give_equal_clips(name, run):
    one, other = (changed(name, moving_clip(), SEEDS[0], run) for _ in "ab")
    assert np.array_equal(one, other)


@every_augmentation
def test_some_seeds_give_different_clips(name):
    clips = {changed(name, moving_clip(), seed).tobytes() for seed in SEEDS}
    assert len(clips) > 1


@every_augmentation
def test_clip_that_comes_in_is_not_written_to(name):
    clip = tf.constant(moving_clip())
    registry.choose(FOLDER, name).build()(clip, tf.constant(SEEDS[0]))
    assert np.array_equal(clip, moving_clip())


@every_window
@run_modes.both
@pytest.mark.parametrize("shape", [(24, 32), (32, 24), (8, 300), (1, 1)])
def test_window_lies_inside_the_frame(name, run, shape):
    draw = registry.load(FOLDER, name).window(
        registry.choose(FOLDER, name).config
    )
    for seed in SEEDS:
        found = run(draw, np.int64(shape), seed)
        assert found.dtype == tf.int32
        top, left, height, width = found.numpy()
        assert 0 <= top < top + height <= shape[0]
        assert 0 <= left < left + width <= shape[1]
