import numpy as np
import pytest
import tensorflow as tf

from video_models.generators import recurrent_sr, srresnet
from video_models.layers import bicubic, half_pictures, pixel_shuffle, warp


def pictures(height=6, width=9, channels=3, seed=0):
    random = np.random.default_rng(seed)
    return tf.constant(
        random.uniform(0, 255, (2, height, width, channels)), tf.float32
    )


def test_srresnet_has_the_parameters_of_the_published_network():
    network = srresnet.build(srresnet.Config(), 4, 1)
    assert network.count_params() == 1_517_571


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_bicubic_is_that_of_tensorflow(factor):
    found = bicubic.Upscale(factor)(pictures())
    wanted = tf.image.resize(pictures(), (6 * factor, 9 * factor), "bicubic")
    # TensorFlow takes its weights from a table of 1024 places.
    exact = 1024 % (2 * factor) == 0
    np.testing.assert_allclose(found, wanted, atol=1e-3 if exact else 0.2)


def test_pixel_shuffle_is_that_of_tensorflow():
    x = pictures(channels=12)
    found = pixel_shuffle.PixelShuffle(2)(x)
    np.testing.assert_array_equal(found, tf.nn.depth_to_space(x, 2))


def test_warp_looks_where_the_flow_points():
    x = pictures()
    flow = tf.tile(tf.constant([1.0, 2.0]), [2 * 6 * 9])
    moved = warp.Warp()(x, tf.reshape(flow, (2, 6, 9, 2)))
    np.testing.assert_allclose(moved[:, :-2, :-1], x[:, 2:, 1:], atol=1e-4)


def test_warp_by_half_a_pixel_is_the_mean_of_neighbours():
    x = pictures()
    flow = tf.tile(tf.constant([0.5, 0.0]), [2 * 6 * 9])
    moved = warp.Warp()(x, tf.reshape(flow, (2, 6, 9, 2)))
    wanted = (x[:, :, :-1] + x[:, :, 1:]) / 2
    np.testing.assert_allclose(moved[:, :, :-1], wanted, atol=1e-3)


@pytest.mark.parametrize("side", [4, 5])
def test_halves_and_doubles_fit_at_even_and_odd_sides(side):
    x = pictures(side, side)
    small = half_pictures.Halve()(x)
    assert half_pictures.Double()(small, x).shape == x.shape


def test_every_frame_is_alone_to_srresnet():
    network = srresnet.build(srresnet.TINY, 2, 3)
    clip = pictures()[None]
    whole = network(clip)["frames"]
    alone = network(clip[:, 1:])["frames"]
    np.testing.assert_allclose(whole[:, 1:], alone, atol=1e-3)


def _moved_by(network, clip, frame):
    """Which frames change where one is changed."""
    other = clip.numpy()
    other[:, frame] = 255 - other[:, frame]
    found = [network(x)["frames"] for x in (clip, tf.constant(other))]
    apart = np.abs(found[0] - found[1]).max(axis=(0, 2, 3, 4))
    return apart > 1e-3


@pytest.mark.parametrize("frame", [0, 3])
def test_every_frame_of_recurrent_sr_sees_all_others(frame):
    network = recurrent_sr.build(recurrent_sr.TINY, 2, 4)
    last = network.get_layer("last").kernel  # Zeros, at first.
    last.assign(tf.ones(last.shape))
    clip = tf.random.uniform((1, 4, 8, 8, 3), 0, 255, seed=1)
    assert _moved_by(network, clip, frame).all()


def test_flows_begin_at_nothing():
    network = recurrent_sr.build(recurrent_sr.TINY, 2, 3)
    clip = tf.random.uniform((1, 3, 8, 8, 3), 0, 255, seed=1)
    found = network(clip)["flows"]
    assert found.shape == (1, 4, 8, 8, 2)
    np.testing.assert_array_equal(found, 0)


def test_weights_do_not_depend_on_the_length_of_the_clip():
    short, long = (
        recurrent_sr.build(recurrent_sr.TINY, 2, frames) for frames in (2, 5)
    )
    long.set_weights(short.get_weights())
    for one, other in zip(short.weights, long.weights, strict=True):
        assert one.path == other.path


@pytest.mark.parametrize("sides", [(7, 9), (12, 10)])
def test_network_takes_frames_of_any_size(sides):
    network = recurrent_sr.build(recurrent_sr.TINY, 4, 2)
    clip = tf.random.uniform((1, 2, *sides, 3), 0, 255)
    height, width = (4 * side for side in sides)
    assert network(clip)["frames"].shape == (1, 2, height, width, 3)
