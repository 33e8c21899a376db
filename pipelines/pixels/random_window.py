"""Draws a window of random area, aspect ratio and position in a frame."""

import math

import tensorflow as tf


def draw(
    shape: tf.Tensor,
    seed: tf.Tensor,
    areas: tuple[float, float],
    aspect: float,
) -> tf.Tensor:
    """Draws once, without rejection; windows that do not fit are shrunk.

    Args:
        shape: integers [2], height and width of the frame in pixels.
        seed: int64 [2]; equal seeds give equal windows.
        areas: smallest and largest fraction of the frame's area, drawn
            uniformly.
        aspect: largest aspect ratio, at least 1; drawn log-uniformly from
            1 / aspect to aspect.

    Returns:
        int32 [4], top, left, height, width in pixels.
    """
    drawn = tf.random.stateless_uniform((4,), seed)
    height, width = tf.unstack(tf.cast(shape, tf.float32))
    area = areas[0] + drawn[0] * (areas[1] - areas[0])
    stretch = tf.exp((drawn[1] - 0.5) * math.log(aspect))  # root of aspect
    side = tf.sqrt(area * height * width)
    tall = tf.clip_by_value(tf.round(side / stretch), 1.0, height)
    wide = tf.clip_by_value(tf.round(side * stretch), 1.0, width)
    top = tf.floor(drawn[2] * (height - tall + 1.0))
    left = tf.floor(drawn[3] * (width - wide + 1.0))
    top = tf.minimum(top, height - tall)
    left = tf.minimum(left, width - wide)
    return tf.cast(tf.stack([top, left, tall, wide]), tf.int32)
