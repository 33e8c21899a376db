"""Chooses where to cut audio of the same video, some time off."""

import tensorflow as tf


def offset(
    span: tf.Tensor,
    start: tf.Tensor,
    end: tf.Tensor,
    seconds: float,
    seed: tf.Tensor | None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns how far to move a span within its video.

    Args:
        span: int64 [2], microseconds.
        start: int64 [], start of the video, microseconds.
        end: int64 [], its end, microseconds.
        seconds: the distance.
        seed: int64 [2], for the direction; None: later, if possible.

    Returns:
        int64 [], microseconds, below 0 for earlier; and bool [], whether the
        moved span lies within the video. If not, the offset is 0.
    """
    distance = tf.constant(round(seconds * 1e6), tf.int64)
    fits_later = span[1] + distance <= end
    fits_earlier = span[0] - distance >= start
    is_later = fits_later
    if seed is not None:
        draw = tf.random.stateless_uniform((), seed) < 0.5
        is_later = fits_later & (draw | ~fits_earlier)
    moved = tf.where(is_later, distance, -distance)
    fits = fits_later | fits_earlier
    return tf.where(fits, moved, tf.zeros_like(moved)), fits
