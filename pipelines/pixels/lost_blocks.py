"""Simulates blocks that are lost in transmission: grey squares."""

import tensorflow as tf

BLOCK = 8  # Side in pixels, as in JPEG and old video codecs.
_GREY = 128.0


def lose(frames: tf.Tensor, fraction: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Greys out random blocks, different ones in each frame.

    Args:
        frames: float32 [T, H, W, 3], 0..255.
        fraction: float [], expected fraction of lost blocks.
        seed: int64 [2].

    Returns:
        As `frames`.
    """
    count, height, width, _ = frames.shape
    rows, columns = -(-height // BLOCK), -(-width // BLOCK)
    drawn = tf.random.stateless_uniform((count, rows, columns, 1), seed)
    lost = tf.repeat(tf.repeat(drawn < fraction, BLOCK, axis=1), BLOCK, axis=2)
    return tf.where(lost[:, :height, :width], _GREY, frames)
