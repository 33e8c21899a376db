import numpy as np
import pytest
import tensorflow as tf

from video_models.layers.images import warp
from video_models.losses import pixel_losses


def clip(value, frames=3):
    return tf.fill((2, frames, 4, 4, 3), float(value))


def test_charbonnier_of_a_grey_level():
    found = pixel_losses.charbonnier(clip(51), clip(0))
    # 51 / 255 = 0.2, and sqrt(0.04 + 1e-6).
    np.testing.assert_allclose(found, [0.2000025] * 2, rtol=1e-5)


def test_charbonnier_of_equal_clips_is_its_rounding():
    found = pixel_losses.charbonnier(clip(7), clip(7))
    np.testing.assert_allclose(found, [1e-3] * 2, rtol=1e-5)


def test_temporal_difference_of_a_constant_error_is_nothing():
    found = pixel_losses.temporal_difference(clip(80), clip(30))
    np.testing.assert_allclose(found, [1e-3] * 2, rtol=1e-5)


def test_temporal_difference_counts_flicker():
    flicker = tf.constant([0.0, 51.0, 0.0])[None, :, None, None, None]
    found = pixel_losses.temporal_difference(clip(0) + flicker, clip(0))
    np.testing.assert_allclose(found, [0.2000025] * 2, rtol=1e-5)


def test_frames_moved_along_the_true_flow_fit():
    columns = np.arange(8.0)
    image = np.tile(20 * columns[None, :, None], (8, 1, 3))
    later = np.roll(image, 1, axis=1)
    frames = tf.constant(np.stack([image, later])[None], tf.float32)
    right = np.tile([1.0, 0.0], (8, 8, 1))  # Found one pixel to the right.
    flows = tf.constant(np.stack([right, -right])[None], tf.float32)
    moved = warp.Warp()(frames[:, 1], flows[:, 0])
    np.testing.assert_allclose(moved[:, :, :-1], frames[:, 0, :, :-1])
    fits = pixel_losses.warped(frames, flows, warp.Warp())
    stands = pixel_losses.warped(frames, 0 * flows, warp.Warp())
    assert float(fits[0]) < float(stands[0])


def test_feature_distance_is_over_the_scale_of_the_true_features():
    true, generated = clip(4), clip(5)
    found = pixel_losses.feature_distance([generated], [true])
    np.testing.assert_allclose(found, [0.25] * 2, rtol=1e-5)
    many = pixel_losses.feature_distance(
        [generated, 10 * generated], [true, 10 * true]
    )
    np.testing.assert_allclose(many, [0.25] * 2, rtol=1e-5)


def test_gram_matrix_of_a_hand_made_image():
    # Two pixels of two channels: (1, 0) and (1, 2); over h * w * C = 4.
    features = tf.constant([[[[[1.0, 0.0], [1.0, 2.0]]]]])
    found = pixel_losses.gram(features)[0, 0]
    np.testing.assert_allclose(found, np.array([[2, 2], [2, 4]]) / 4)


def test_style_does_not_depend_on_where_things_are():
    features = np.random.default_rng(0).normal(size=(1, 1, 4, 4, 3))
    moved = np.roll(features, 1, axis=2)
    grams = [pixel_losses.gram(tf.constant(x)) for x in (features, moved)]
    np.testing.assert_allclose(*grams, rtol=1e-5)


def test_style_distance_of_the_style_itself_is_nothing():
    features = tf.random.normal((1, 2, 4, 4, 3), seed=1)
    wanted = pixel_losses.gram(features[:, :1])[0, 0]
    found = pixel_losses.style_distance([features[:, :1]], [wanted])
    assert float(found[0]) == pytest.approx(0.0, abs=1e-9)


def test_roughness_of_a_ramp():
    ramp = tf.constant(np.arange(4.0) * 51)[None, None, None, :, None]
    frames = tf.cast(tf.tile(ramp, (2, 1, 4, 1, 3)), tf.float32)
    np.testing.assert_allclose(
        pixel_losses.roughness(frames), [0.2] * 2, rtol=1e-5
    )
