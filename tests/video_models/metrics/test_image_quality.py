import numpy as np
import pytest
import tensorflow as tf

from video_models.metrics import image_quality

RGB = image_quality.Protocol(channel="rgb", border=0)


def clips(frames=2, side=16, seed=0):
    random = np.random.default_rng(seed)
    shape = (1, frames, side, side, 3)
    return tf.constant(random.integers(0, 256, shape), tf.float32)


def grey(value, side=16):
    return tf.fill((1, 2, side, side, 3), float(value))


def test_psnr_of_a_constant_error():
    found = image_quality.measures(grey(110), grey(100), RGB)
    assert float(found["psnr"][0]) == pytest.approx(20 * np.log10(25.5), 1e-5)


def test_psnr_is_that_of_tensorflow():
    one, other = clips(seed=1), clips(seed=2)
    found = image_quality.measures(one, other, RGB)["psnr"][0]
    wanted = tf.reduce_mean(tf.image.psnr(one[0], other[0], 255.0))
    assert float(found) == pytest.approx(float(wanted), rel=1e-5)


def test_ssim_is_that_of_tensorflow():
    one = clips(seed=1)
    other = tf.round(0.7 * one + 0.3 * clips(seed=2))
    found = image_quality.measures(one, other, RGB)["ssim"][0]
    wanted = tf.reduce_mean(tf.image.ssim(one[0], other[0], 255.0))
    assert float(found) == pytest.approx(float(wanted), rel=1e-4)


def test_luma_of_white_and_black_is_235_and_16():
    protocol = image_quality.Protocol(channel="y", border=0)
    for value, luma in ((255, 235), (0, 16)):
        found = image_quality._compared(grey(value), protocol)
        np.testing.assert_allclose(found, luma, atol=1e-3)


def test_border_does_not_count():
    protocol = image_quality.Protocol(channel="rgb", border=2)
    generated = grey(100).numpy()
    generated[:, :, 0] = generated[:, :, :, -1] = 0
    found = image_quality.measures(tf.constant(generated), grey(100), protocol)
    assert float(found["psnr"][0]) > 140


def test_made_clips_are_rounded_as_they_are_shown():
    found = image_quality.measures(grey(100.4), grey(100), RGB)
    assert float(found["psnr"][0]) > 140


def test_flicker_is_the_error_of_changes():
    flicker = tf.constant([0.0, 6.0])[None, :, None, None, None]
    found = image_quality.measures(grey(100) + flicker, grey(100), RGB)
    assert float(found["flicker"][0]) == pytest.approx(6.0)
    still = image_quality.measures(grey(130), grey(100), RGB)
    assert float(still["flicker"][0]) == 0.0


def test_single_frame_has_no_flicker():
    found = image_quality.measures(clips(1), clips(1, seed=3), RGB)
    assert float(found["flicker"][0]) == 0.0
