"""Draws a window of random area, aspect and place within a frame."""

import math

import tensorflow as tf


def draw(
    shape: tf.Tensor,
    seed: tf.Tensor,
    areas: tuple[float, float],
    aspect: float,
) -> tf.Tensor:
    """One draw without rejection: a window that does not fit is shrunk.

    Args:
        shape: integers [2], height and width of the frame in pixels.
        seed: int64 [2]; equal seeds give equal windows.
        areas: least and most share of the frame's area, drawn evenly.
        aspect: most stretched aspect ratio, at least 1; drawn evenly on a
            logarithmic scale from its inverse.

    Returns:
        int32 [4], top, left, height, width in pixels.
    """
    share = tf.random.stateless_uniform((4,), seed)
    height, width = tf.unstack(tf.cast(shape, tf.float32))
    area = areas[0] + share[0] * (areas[1] - areas[0])
    stretch = tf.exp((share[1] - 0.5) * math.log(aspect))  # root of aspect
    side = tf.sqrt(area * height * width)
    tall = tf.clip_by_value(tf.round(side / stretch), 1.0, height)
    wide = tf.clip_by_value(tf.round(side * stretch), 1.0, width)
    top = tf.floor(share[2] * (height - tall + 1.0))
    left = tf.floor(share[3] * (width - wide + 1.0))
    top = tf.minimum(top, height - tall)
    left = tf.minimum(left, width - wide)
    return tf.cast(tf.stack([top, left, tall, wide]), tf.int32)
