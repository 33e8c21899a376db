"""Normalises the values of one clip."""

import tensorflow as tf


def scale(values: tf.Tensor, kind: str, axis: int | None = None) -> tf.Tensor:
    """Normalises the values of one clip; constant values become 0.

    Args:
        values: float32, finite.
        kind: none; z_score: mean 0 and standard deviation 1; min_max: from
            0 to 1.
        axis: to normalise along; None for all values together.

    Returns:
        float32 of the same shape.
    """
    if kind == "none":
        return values
    if kind == "min_max":
        away = values - tf.reduce_min(values, axis)
        spread = tf.reduce_max(away, axis)
    else:
        away = values - tf.reduce_mean(values, axis)
        spread = tf.sqrt(tf.reduce_mean(tf.square(away), axis))
    # Values that differ only in their last bits count as equal.
    noise = 1e-5 * tf.reduce_max(tf.abs(values))
    spread = tf.where(spread > noise, spread, 0.0)
    return tf.math.divide_no_nan(away, spread)
