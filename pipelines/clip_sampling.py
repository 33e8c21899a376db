"""Chooses which stored frames become one clip.

Works on indices only; pixels are touched in frame_decoding.
"""

import tensorflow as tf

from pipelines import batch


def sample_frames(
    stored: tf.Tensor, clip: batch.ClipSpec, place: tf.Tensor
) -> tf.Tensor:
    """Lays the clip over the stored frames; loops videos that are short.

    Args:
        stored: int32 [], frames in the video, at least 1.
        clip: how many frames to take, and how.
        place: float32 [] in [0, 1), where the clip lies among all the places
            where it fits: random in training, `view_place` in evaluation.

    Returns:
        int32 [frames], ascending but for the loop, each in [0, stored).

    Raises:
        tf.errors.InvalidArgumentError: the video is empty.
    """
    stored = tf.cast(stored, tf.int32)
    place = tf.cast(place, tf.float32)
    check = tf.debugging.assert_positive(stored, "the video has no frames")
    with tf.control_dependencies([check]):
        layout = {"dense": _dense, "uniform": _uniform}[clip.sampling]
        return layout(stored, clip, place)


def view_place(view: tf.Tensor, views: int) -> tf.Tensor:
    """Where evaluation view `view` of `views` lies; one view is centred."""
    return (tf.cast(view, tf.float32) + 0.5) / views


def _dense(
    stored: tf.Tensor, clip: batch.ClipSpec, place: tf.Tensor
) -> tf.Tensor:
    """Every `stride`-th frame from one start."""
    span = (clip.frames - 1) * clip.stride + 1
    starts = tf.maximum(stored - span + 1, 1)
    start = tf.cast(place * tf.cast(starts, tf.float32), tf.int32)
    start = tf.minimum(start, starts - 1)  # float32 may round 1 - ε up
    return (start + tf.range(clip.frames) * clip.stride) % stored


def _uniform(
    stored: tf.Tensor, clip: batch.ClipSpec, place: tf.Tensor
) -> tf.Tensor:
    """One frame from each of `frames` equal parts, all at the same place."""
    # In whole numbers: float32 cannot count the frames of a long video.
    part = tf.range(clip.frames, dtype=tf.int64) * 1024
    part += tf.cast(place * 1024, tf.int64)
    frames = part * tf.cast(stored, tf.int64) // (clip.frames * 1024)
    return tf.cast(frames, tf.int32)
