"""Positions the frames of a clip within a length of any integer unit.

The unit is a stored frame (clip_sampling) or a microsecond (time_sampling).
Counts are int64 and places float64, so that hours of microseconds are exact.
"""

import tensorflow as tf

from pipelines import batch


def at_place(
    length: tf.Tensor, clip: batch.ClipSpec, stride: float, place: tf.Tensor
) -> tf.Tensor:
    """Positions of the clip's frames, without randomness.

    Args:
        length: int64 [], at least 1.
        clip: number and sampling of frames.
        stride: step between frames, for dense sampling.
        place: float [] in [0, 1), position of the clip among all that fit;
            for other sampling, the position within each equal segment.

    Returns:
        int64 [frames], ascending unless looped, each in [0, length).

    Raises:
        tf.errors.InvalidArgumentError: the length is not positive, or too
            short and `clip.short` is `refuse`.
    """
    length = _checked(length)
    place = tf.convert_to_tensor(place, dtype_hint=tf.float64)
    place = tf.cast(place, tf.float64)
    if clip.sampling == "dense":
        return _dense(length, clip, stride, place)
    return _spread(length, clip, place)


def at_random(
    length: tf.Tensor, clip: batch.ClipSpec, stride: float, seed: tf.Tensor
) -> tf.Tensor:
    """Positions of the clip's frames in training.

    Dense: draws the speed, then one of all positions that fit, with equal
    probability. Uniform: draws one position for all equal segments. Segments:
    draws a position in each; no two segments share a frame of the video.

    Source: segments are those of TSN, arXiv:1608.00859. Differs: their code
    drops the frames that remain after division, our segments differ by one.

    Args:
        length: int64 [], at least 1.
        clip: number and sampling of frames.
        stride: step between frames at speed 1, for dense sampling.
        seed: int64 [2]; equal seeds give equal clips.

    Returns:
        As `at_place`.

    Raises:
        tf.errors.InvalidArgumentError: as for `at_place`.
    """
    length = _checked(length)
    drawn = tf.random.stateless_uniform(
        (clip.frames + 1,), seed, dtype="float64"
    )
    if clip.sampling == "dense":
        return _dense(length, clip, stride * _speed(clip, drawn[0]), drawn[1])
    if clip.sampling == "uniform":
        return _spread(length, clip, drawn[1])
    return _segments(length, clip, drawn[1:])


def _checked(length: tf.Tensor) -> tf.Tensor:
    length = tf.cast(length, tf.int64)
    check = tf.debugging.assert_positive(length, "the video has no frames")
    with tf.control_dependencies([check]):
        return tf.identity(length)


def _speed(clip: batch.ClipSpec, drawn: tf.Tensor) -> tf.Tensor | float:
    """Log-uniform: double and half speed are equally likely."""
    if not clip.speed_jitter:
        return 1.0
    reach = tf.math.log1p(tf.constant(clip.speed_jitter, tf.float64))
    return tf.exp((2 * drawn - 1) * reach)


def _dense(
    length: tf.Tensor,
    clip: batch.ClipSpec,
    stride: tf.Tensor | float,
    place: tf.Tensor,
) -> tf.Tensor:
    """Consecutive frames at a fixed stride."""
    numbers = tf.range(clip.frames, dtype=tf.float64)
    offsets = tf.cast(tf.round(numbers * stride), tf.int64)
    fitting = length - offsets[-1]
    length = _long_enough(length, offsets[-1] + 1, clip)
    start = _offset(tf.maximum(fitting, 1), place)
    if clip.short == "pad":
        return tf.minimum(start + offsets, length - 1)
    return (start + offsets) % length


def _spread(
    length: tf.Tensor, clip: batch.ClipSpec, place: tf.Tensor
) -> tf.Tensor:
    """One frame of each equal segment, at the same position in all."""
    length = _long_enough(length, clip.frames, clip)
    segments = tf.range(clip.frames, dtype=tf.int64)
    return (segments * length + _offset(length, place)) // clip.frames


def _segments(
    length: tf.Tensor, clip: batch.ClipSpec, places: tf.Tensor
) -> tf.Tensor:
    """One frame of each equal segment, at a position of its own."""
    length = _long_enough(length, clip.frames, clip)
    edges = tf.range(clip.frames + 1, dtype=tf.int64) * length // clip.frames
    return edges[:-1] + _offset(edges[1:] - edges[:-1], places)


def _offset(count: tf.Tensor, place: tf.Tensor) -> tf.Tensor:
    """int64 in [0, count): no float64 below 1 rounds up to the count."""
    return tf.cast(tf.cast(count, tf.float64) * place, tf.int64)


def _long_enough(
    length: tf.Tensor, needed: tf.Tensor | int, clip: batch.ClipSpec
) -> tf.Tensor:
    if clip.short != "refuse":
        return length
    check = tf.debugging.assert_greater_equal(
        length,
        tf.cast(needed, tf.int64),
        "a video is shorter than the clip: set --clip.short=loop",
    )
    with tf.control_dependencies([check]):
        return tf.identity(length)
