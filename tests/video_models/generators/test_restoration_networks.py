import numpy as np
import pytest
import tensorflow as tf

from tfrecords_tools.base import errors, registry
from video_models import objective
from video_models.families import flow_pyramid
from video_models.generators import recurrent_sr, srresnet
from video_models.introspection import layer_paths
from video_models.layers.images import (
    bicubic,
    fine_warp,
    half_images,
    lucas_kanade,
    pixel_shuffle,
    warp,
)


def images(height=6, width=9, channels=3, seed=0):
    random = np.random.default_rng(seed)
    return tf.constant(
        random.uniform(0, 255, (2, height, width, channels)), tf.float32
    )


def test_srresnet_has_the_parameters_of_the_published_network():
    network = srresnet.build(srresnet.Config(), 4, 1)
    assert network.count_params() == 1_517_571


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_bicubic_is_that_of_tensorflow(factor):
    found = bicubic.Upscale(factor)(images())
    wanted = tf.image.resize(images(), (6 * factor, 9 * factor), "bicubic")
    # TensorFlow takes its weights from a table of 1024 places.
    exact = 1024 % (2 * factor) == 0
    np.testing.assert_allclose(found, wanted, atol=1e-3 if exact else 0.2)


def test_pixel_shuffle_is_that_of_tensorflow():
    x = images(channels=12)
    found = pixel_shuffle.PixelShuffle(2)(x)
    np.testing.assert_array_equal(found, tf.nn.depth_to_space(x, 2))


def test_warp_looks_where_the_flow_points():
    x = images()
    flow = tf.tile(tf.constant([1.0, 2.0]), [2 * 6 * 9])
    moved = warp.Warp()(x, tf.reshape(flow, (2, 6, 9, 2)))
    np.testing.assert_allclose(moved[:, :-2, :-1], x[:, 2:, 1:], atol=1e-4)


def test_warp_by_half_a_pixel_is_the_mean_of_neighbours():
    x = images()
    flow = tf.tile(tf.constant([0.5, 0.0]), [2 * 6 * 9])
    moved = warp.Warp()(x, tf.reshape(flow, (2, 6, 9, 2)))
    wanted = (x[:, :, :-1] + x[:, :, 1:]) / 2
    np.testing.assert_allclose(moved[:, :, :-1], wanted, atol=1e-3)


def test_pixels_go_back_into_channels():
    x = images(height=6, width=10)
    found = pixel_shuffle.unshuffle(x, 2)
    np.testing.assert_array_equal(found, tf.nn.space_to_depth(x, 2))


def test_nearest_pixel_is_taken_unmixed():
    x = images()
    flow = tf.tile(tf.constant([0.7, -0.3]), [2 * 6 * 9])
    found = warp.nearest(x, tf.reshape(flow, (2, 6, 9, 2)))
    np.testing.assert_array_equal(found[:, :, :-1], x[:, :, 1:])


def test_no_pixel_is_lost_between_two_others():
    x = images(height=1, width=8)
    flow = tf.tile(tf.constant([0.5, 0.0]), [2 * 8])
    found = warp.nearest(x, tf.reshape(flow, (2, 1, 8, 2)))
    np.testing.assert_array_equal(found[:, :, :-1], x[:, :, 1:])


def test_fine_warp_keeps_the_flow_exact_in_bfloat16():
    small = images(height=4, width=160)
    features = pixel_shuffle.unshuffle(small, 4)
    flow = tf.tile(tf.constant([33.25, 0.0]), [2 * 40])
    layer = fine_warp.FineWarp(4, dtype="mixed_bfloat16")
    moved = layer(features, tf.reshape(flow, (2, 1, 40, 2)))
    moved = pixel_shuffle.shuffle(moved, 4)
    np.testing.assert_array_equal(moved[:, :, :-133], small[:, :, 133:])


@pytest.mark.parametrize("training", [False, True])
def test_fine_warp_moves_features_by_quarters_of_a_pixel(training):
    small = images(height=16, width=24)
    features = pixel_shuffle.unshuffle(small, 4)
    flow = tf.reshape(tf.tile(tf.constant([0.25, 0.5]), [48]), (2, 4, 6, 2))
    moved = fine_warp.FineWarp(4)(features, flow, training=training)
    moved = pixel_shuffle.shuffle(moved, 4)
    np.testing.assert_array_equal(moved[:, :-2, :-1], small[:, 2:, 1:])


@pytest.mark.parametrize("training, share", [(False, 0.6), (True, 1.0)])
def test_fine_warp_mixes_small_pixels_but_while_training(training, share):
    small = images(height=4, width=24)
    features = pixel_shuffle.unshuffle(small, 4)
    flow = tf.reshape(tf.tile(tf.constant([0.15, 0]), [12]), (2, 1, 6, 2))
    moved = fine_warp.FineWarp(4)(features, flow, training=training)
    moved = pixel_shuffle.shuffle(moved, 4)
    wanted = share * small[:, :, 1:] + (1 - share) * small[:, :, :-1]
    np.testing.assert_allclose(moved[:, :, :-1], wanted, atol=1e-3)


def test_what_is_carried_stays_where_the_gate_is_shut():
    step = recurrent_sr.build(recurrent_sr.TINY, 2, 2).get_layer("backward")
    new = step.get_layer("new")
    new.kernel.assign(tf.zeros(new.kernel.shape))
    new.bias.assign(tf.fill([16], -100.0))
    seen, carried = (images(channels=16, seed=n) for n in (1, 2))
    np.testing.assert_array_equal(step([seen, carried]), carried)


def test_width_that_makes_no_small_pixels_is_refused():
    with pytest.raises(errors.UserError, match="wanted a multiple of 16"):
        recurrent_sr.Config(width=24)


@pytest.mark.parametrize("side", [4, 5])
def test_halves_and_doubles_fit_at_even_and_odd_sides(side):
    x = images(side, side)
    small = half_images.Halve()(x)
    assert half_images.Double()(small, x).shape == x.shape


def test_every_frame_is_alone_to_srresnet():
    network = srresnet.build(srresnet.TINY, 2, 3)
    clip = images()[None]
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


def waves(right=0.0, down=0.0, size=24):
    """[1, size, size, 1], -1..1: soft waves, moved by so many pixels."""
    y, x = np.mgrid[:size, :size].astype(np.float32)
    return (
        np.sin((x - right) / 3) / 2
        + np.cos((y - down) / 4 + (x - right) / 7) / 2
    )[None, ..., None]


def test_lucas_kanade_finds_a_motion_by_parts_of_a_pixel():
    flow = lucas_kanade.LucasKanade()(8 * waves(), 8 * waves(0.3, -0.2))
    found = np.asarray(flow)[0, 4:-4, 4:-4]
    np.testing.assert_allclose(np.median(found, (0, 1)), (0.3, -0.2), atol=0.06)


def test_lucas_kanade_keeps_still_where_nothing_is_to_be_seen():
    flat = np.zeros((1, 8, 8, 3), np.float32)
    noise = np.random.default_rng(0).normal(0, 0.01, flat.shape)
    flow = lucas_kanade.LucasKanade()(flat, flat + noise.astype(np.float32))
    assert np.abs(flow).max() < 0.02


def test_lucas_kanade_goes_no_further_than_a_pixel():
    flow = lucas_kanade.LucasKanade()(waves(), -50 * waves(0.5, 0.5))
    assert np.abs(flow).max() == 1


def test_pyramid_finds_motion_of_pixels_before_it_has_learnt():
    one = np.repeat(waves(size=48), 3, axis=-1)
    other = np.repeat(waves(2.2, 1.1, size=48), 3, axis=-1)
    flow = np.asarray(flow_pyramid.build(4, 3)([one, other]))
    found = np.median(flow[0, 8:-8, 8:-8], (0, 1))
    np.testing.assert_allclose(found, (2.2, 1.1), atol=0.25)


def test_flows_of_a_clip_that_stands_still_begin_at_nothing():
    network = recurrent_sr.build(recurrent_sr.TINY, 2, 3)
    frame = tf.random.uniform((1, 1, 8, 8, 3), 0, 255, seed=1)
    found = network(tf.repeat(frame, 3, axis=1))["flows"]
    assert found.shape == (1, 4, 8, 8, 2)
    np.testing.assert_array_equal(found, 0)


def test_weights_do_not_depend_on_the_length_of_the_clip():
    short, long = (
        layer_paths.weights(recurrent_sr.build(recurrent_sr.TINY, 2, frames))
        for frames in (2, 5)
    )
    for one, other in zip(short, long, strict=True):
        assert one.path == other.path
        assert one.variable.shape == other.variable.shape


def test_network_for_other_lengths_has_each_direction_its_own_weights():
    chosen = registry.choose("video_models.generators", "recurrent_sr")
    chosen = chosen._replace(config=recurrent_sr.TINY)
    trained = chosen.build(2, 3)
    for each in trained.weights:
        each.assign(tf.random.normal(each.shape, 0, 0.1, seed=1))
    made = objective.Enhancement(chosen, 2).network({"generator": trained})
    wanted = {w.path: w.variable for w in layer_paths.weights(trained)}
    assert made.input_shape[1] == recurrent_sr.TINY.window
    for each in layer_paths.weights(made):
        np.testing.assert_array_equal(each.variable, wanted[each.path])


@pytest.mark.parametrize("sides", [(7, 9), (12, 10)])
def test_network_takes_frames_of_any_size(sides):
    network = recurrent_sr.build(recurrent_sr.TINY, 4, 2)
    clip = tf.random.uniform((1, 2, *sides, 3), 0, 255, seed=1)
    height, width = (4 * side for side in sides)
    assert network(clip)["frames"].shape == (1, 2, height, width, 3)
