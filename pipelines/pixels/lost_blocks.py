"""Blocks of pictures that got lost on the way: grey squares."""

import tensorflow as tf

BLOCK = 8  # Pixels a side, as in JPEG and old video.
_GREY = 128.0


def lose(frames: tf.Tensor, share: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Loses blocks, others in each frame.

    Args:
        frames: float32 [T, H, W, 3], 0..255.
        share: float [] of the blocks that are lost.
        seed: int64 [2].

    Returns:
        As `frames`.
    """
    count, height, width, _ = frames.shape
    rows, columns = -(-height // BLOCK), -(-width // BLOCK)
    drawn = tf.random.stateless_uniform((count, rows, columns, 1), seed)
    lost = tf.repeat(tf.repeat(drawn < share, BLOCK, axis=1), BLOCK, axis=2)
    return tf.where(lost[:, :height, :width], _GREY, frames)
