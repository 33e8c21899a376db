"""Lays a clip over a length, in any whole unit: stored frames, microseconds.

Counts are int64 and places float64, so that hours of microseconds are exact.
What the places stand for is said in clip_sampling and time_sampling.
"""

import tensorflow as tf

from pipelines import batch


def at_place(
    length: tf.Tensor, clip: batch.ClipSpec, stride: float, place: tf.Tensor
) -> tf.Tensor:
    """Where the clip's frames lie, without any chance.

    Args:
        length: int64 [], at least 1.
        clip: how many frames, and how they are sampled.
        stride: from one frame to the next, for dense sampling.
        place: float [] in [0, 1), where the clip lies among all the places
            where it fits; where frames are spread, the place within each of
            the equal parts.

    Returns:
        int64 [frames], ascending but for a loop, each in [0, length).

    Raises:
        tf.errors.InvalidArgumentError: the length is not positive, or too
            short for a clip that refuses that.
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
    """Where the clip's frames lie in training.

    Every place where a dense clip fits is equally likely; its speed is drawn
    first. A uniform clip has one place in all parts, segments have each
    their own, and no two of them share a frame of the video.

    Source: of segments TSN, arXiv:1608.00859. Differs: their code leaves
    out the frames that remain when it divides, here parts differ by one.

    Args:
        length: int64 [], at least 1.
        clip: how many frames, and how they are sampled.
        stride: from one frame to the next at speed 1, for dense sampling.
        seed: int64 [2]; equal seeds give equal clips.

    Returns:
        As `at_place`.

    Raises:
        tf.errors.InvalidArgumentError: as of `at_place`.
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
    """Log-uniform, so that twice and half as fast are equally likely."""
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
    """One stride after another, from one start."""
    numbers = tf.range(clip.frames, dtype=tf.float64)
    offsets = tf.cast(tf.round(numbers * stride), tf.int64)
    fitting = length - offsets[-1]
    length = _long_enough(length, offsets[-1] + 1, clip)
    start = _part_of(tf.maximum(fitting, 1), place)
    if clip.short == "pad":
        return tf.minimum(start + offsets, length - 1)
    return (start + offsets) % length


def _spread(
    length: tf.Tensor, clip: batch.ClipSpec, place: tf.Tensor
) -> tf.Tensor:
    """One from each of `frames` equal parts, all at the same place."""
    length = _long_enough(length, clip.frames, clip)
    parts = tf.range(clip.frames, dtype=tf.int64)
    return (parts * length + _part_of(length, place)) // clip.frames


def _segments(
    length: tf.Tensor, clip: batch.ClipSpec, places: tf.Tensor
) -> tf.Tensor:
    """One from each of `frames` equal parts, each at its own place."""
    length = _long_enough(length, clip.frames, clip)
    edges = tf.range(clip.frames + 1, dtype=tf.int64) * length // clip.frames
    return edges[:-1] + _part_of(edges[1:] - edges[:-1], places)


def _part_of(count: tf.Tensor, place: tf.Tensor) -> tf.Tensor:
    """int64 in [0, count): no float64 below 1 is rounded up to the count."""
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
