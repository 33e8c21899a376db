"""Blurs and sharpens a clip, the same in all frames.

No randomness. Frames are convolved as channels: a depthwise convolution of 3
channels takes three times as long as one of 48.
"""

import tensorflow as tf

from pipelines.decoding import frame_decoding

# Image.filter(SMOOTH) of PIL, with which ImageEnhance.Sharpness blends.
_SMOOTH = ((1.0, 1.0, 1.0), (1.0, 5.0, 1.0), (1.0, 1.0, 1.0))


def gaussian(clip: tf.Tensor, sigma: tf.Tensor, radius: int) -> tf.Tensor:
    """Gaussian blur; kernels are renormalised at the edges of the frame.

    Args:
        clip: uint8 [T, H, W, 3].
        sigma: float32 [], standard deviation in pixels, above 0.
        radius: of the kernel, pixels.

    Returns:
        uint8 [T, H, W, 3].
    """
    away = tf.range(-radius, radius + 1, dtype=tf.float32)
    weights = tf.exp(-0.5 * tf.square(away / sigma))
    weights /= tf.reduce_sum(weights)
    pixels = _frames_last(clip)
    height, width = tf.shape(clip)[1], tf.shape(clip)[2]
    inside = tf.ones((1, height, width, 1))
    for kernel in (weights[:, None], weights[None, :]):
        pixels = _convolve(pixels, kernel)
        inside = _convolve(inside, kernel)
    return _frames_first(pixels * (1.0 / inside), clip)


def sharpen(clip: tf.Tensor, factor: tf.Tensor) -> tf.Tensor:
    """Extrapolates from the smoothed clip; edge pixels are unchanged.

    Args:
        clip: uint8 [T, H, W, 3].
        factor: float32 [], 1 keeps the clip, 0 smooths it, 2 sharpens it.

    Returns:
        uint8 [T, H, W, 3].
    """
    pixels = _frames_last(clip)
    detail = pixels - _convolve(pixels, tf.constant(_SMOOTH) / 13.0)
    height, width = tf.shape(clip)[1], tf.shape(clip)[2]
    inner = _inner(height)[:, None, None] * _inner(width)[:, None]
    changed = pixels + detail * (inner * (factor - 1.0))
    return _frames_first(changed, clip)


def _inner(side: tf.Tensor) -> tf.Tensor:
    """float32 [side], 0 at both ends, else 1."""
    places = tf.range(side)
    return tf.cast((places > 0) & (places < side - 1), tf.float32)


def _convolve(pixels: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
    """Depthwise convolution, padded with zeros."""
    shape = (*kernel.shape, tf.shape(pixels)[3], 1)
    weights = tf.broadcast_to(kernel[:, :, None, None], shape)
    return tf.nn.depthwise_conv2d(pixels, weights, (1, 1, 1, 1), "SAME")


def _frames_last(clip: tf.Tensor) -> tf.Tensor:
    """float32 [1, H, W, T * 3]."""
    frames, height, width, _ = tf.unstack(tf.shape(clip))
    # As floats: transposing bytes takes three times as long.
    pixels = tf.transpose(tf.cast(clip, tf.float32), (1, 2, 0, 3))
    return tf.reshape(pixels, (1, height, width, frames * 3))


def _frames_first(pixels: tf.Tensor, clip: tf.Tensor) -> tf.Tensor:
    """uint8 of the shape of `clip`, rounded."""
    frames, height, width, _ = tf.unstack(tf.shape(clip))
    apart = tf.reshape(pixels, (height, width, frames, 3))
    rounded = frame_decoding.to_uint8(tf.transpose(apart, (2, 0, 1, 3)))
    return tf.ensure_shape(rounded, clip.shape)
