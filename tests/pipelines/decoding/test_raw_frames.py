import numpy as np
import pytest
import tensorflow as tf

from pipelines.decoding import frame_decoding, raw_frames
from tests import run_modes

HEIGHT, WIDTH = 12, 20


def clip():
    """uint8 [2, 12, 20, 3], no two pixels of a frame alike."""
    random = np.random.default_rng(0)
    return random.integers(0, 256, (2, HEIGHT, WIDTH, 3)).astype(np.uint8)


def stored():
    return [frame.tobytes() for frame in clip()]


def window(run, place, size):
    return run(
        lambda frames, height, width, place: raw_frames.decode_window(
            frames, height, width, place, size, frame_decoding.rounded
        ),
        stored(),
        np.int64(HEIGHT),
        np.int64(WIDTH),
        np.array(place, np.int32),
    ).numpy()


@run_modes.both
def test_frames_come_back_as_they_were(run):
    found = run(
        raw_frames.decode_clip, stored(), np.int64(HEIGHT), np.int64(WIDTH)
    )
    assert np.array_equal(found, clip())


@run_modes.both
def test_window_of_the_size_that_is_wanted_is_cut_out(run):
    found = window(run, (3, 7, 8, 8), 8)
    assert np.array_equal(found, clip()[:, 3:11, 7:15])


@run_modes.both
def test_other_window_is_resized_as_tensorflow_resizes_it(run):
    wanted = tf.image.resize(clip()[:, 1:11, 2:18], (8, 8))
    found = window(run, (1, 2, 10, 16), 8)
    assert np.abs(found - wanted).max() <= 0.5


def test_size_comes_out_static():
    function = tf.function(
        lambda frames, place: raw_frames.decode_window(
            frames, HEIGHT, WIDTH, place, 8, frame_decoding.rounded
        )
    )
    spec = tf.TensorSpec((2,), tf.string), tf.TensorSpec((4,), tf.int32)
    found = function.get_concrete_function(*spec).outputs[0]
    assert found.shape == (2, 8, 8, 3)


@run_modes.both
def test_frames_of_another_size_are_an_error(run):
    with pytest.raises(tf.errors.InvalidArgumentError):
        run(raw_frames.decode_clip, stored(), np.int64(HEIGHT), np.int64(21))
