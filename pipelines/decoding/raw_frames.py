"""Reads frames that are stored as raw pixels.

The counterpart of frame_decoding for the records of frame_cache. Nothing is
decoded: a clip costs little more than a copy of its bytes.
"""

import tensorflow as tf

from pipelines.decoding import frame_decoding


def decode_clip(
    frames: tf.Tensor, height: tf.Tensor | int, width: tf.Tensor | int
) -> tf.Tensor:
    """Returns whole frames.

    Args:
        frames: string [T], the RGB bytes of each, row by row.
        height: int [], of all frames, pixels.
        width: int [], of all frames, pixels.

    Returns:
        uint8 [T, height, width, 3].

    Raises:
        tf.errors.InvalidArgumentError: a frame has another number of bytes.
    """
    pixels = tf.io.decode_raw(frames, tf.uint8)
    height, width = (tf.cast(side, tf.int32) for side in (height, width))
    shape = tf.stack([tf.shape(frames)[0], height, width, 3])
    clip = tf.reshape(pixels, shape)
    return tf.ensure_shape(clip, (frames.shape[0], None, None, 3))


def decode_window(
    frames: tf.Tensor,
    height: tf.Tensor | int,
    width: tf.Tensor | int,
    window: tf.Tensor,
    size: int,
    finish: frame_decoding.Finish,
) -> tf.Tensor:
    """Returns one window of every frame, for training.

    Args:
        frames: string [T], the RGB bytes of each, row by row.
        height: int [], of all frames, pixels.
        width: int [], of all frames, pixels.
        window: int32 [4], top, left, height, width in pixels.
        size: height and width of the result, pixels.
        finish: converts scaled pixels to uint8.

    Returns:
        uint8 [T, size, size, 3], resized bilinearly as by
        `frame_decoding.decode_window`, but from full resolution.
    """
    clip = decode_clip(frames, height, width)
    top, left, tall, wide = tf.unstack(window)
    cut = clip[:, top : top + tall, left : left + wide]
    scaled = frame_decoding.scaled_apart(tf.unstack(cut), size)
    return tf.ensure_shape(finish(scaled), (frames.shape[0], size, size, 3))
