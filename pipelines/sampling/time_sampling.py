"""Chooses the moments of one clip, whatever the video's frame rate.

A clip at 25 frames a second and one at 30 then show the same motion. Times
are int64 microseconds, exact for videos of any length.
"""

import tensorflow as tf

from pipelines import batch
from pipelines.sampling import clip_layout, clip_sampling

# Containers round times, at worst to milliseconds; a moment that falls on
# the change of two frames must not show now the one and now the other.
CLOCK_MICROSECONDS = 1000


def training_times(
    start: tf.Tensor, end: tf.Tensor, clip: batch.ClipSpec, seed: tf.Tensor
) -> tf.Tensor:
    """The moments of a random clip of a video.

    Args:
        start: int64 [], time of the first stored frame, microseconds.
        end: int64 [], end of the last one, microseconds, after `start`.
        clip: how many moments to take, and how; `stride_seconds` apart where
            sampling is dense.
        seed: int64 [2]; equal seeds give equal clips.

    Returns:
        int64 [frames], microseconds, ascending but for a loop, each in
        [start, end). `shown` tells which frames these are.

    Raises:
        tf.errors.InvalidArgumentError: there is no time between start and
            end, or too little for a clip that refuses that.
    """
    start, length = _span(start, end)
    stride = _stride_microseconds(clip)
    return start + clip_layout.at_random(length, clip, stride, seed)


def evaluation_times(
    start: tf.Tensor,
    end: tf.Tensor,
    clip: batch.ClipSpec,
    view: tf.Tensor,
    views: int,
) -> tf.Tensor:
    """The moments of one of several evenly spaced clips; one is centred.

    Source: as of `clip_sampling.evaluation_frames`.

    Args:
        start: int64 [], time of the first stored frame, microseconds.
        end: int64 [], end of the last one, microseconds, after `start`.
        clip: how many moments to take, and how.
        view: int [] in [0, views).
        views: how many there are.

    Returns:
        As `training_times`.

    Raises:
        tf.errors.InvalidArgumentError: as of `training_times`.
    """
    start, length = _span(start, end)
    stride = _stride_microseconds(clip)
    place = clip_sampling.view_place(view, views)
    return start + clip_layout.at_place(length, clip, stride, place)


def shown(times: tf.Tensor, moments: tf.Tensor) -> tf.Tensor:
    """Which of some frames, or of some chunks of frames, is shown when.

    Args:
        times: int64 [n], when each begins, microseconds, ascending.
        moments: int64 [T], microseconds.

    Returns:
        int32 [T] in [0, n): the last that begins at the moment, before it,
        or less than `CLOCK_MICROSECONDS` after it; the first where all begin
        later.
    """
    times = tf.convert_to_tensor(times, tf.int64)
    found = (
        tf.searchsorted(times, moments + (CLOCK_MICROSECONDS - 1), side="right")
        - 1
    )
    return tf.maximum(found, 0)


def _span(start: tf.Tensor, end: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    start, end = (tf.convert_to_tensor(t, tf.int64) for t in (start, end))
    return start, end - start


def _stride_microseconds(clip: batch.ClipSpec) -> float:
    if clip.by_time:
        return clip.stride_seconds * 1e6
    if clip.sampling == "dense":
        raise ValueError("this clip is sampled by frames: see clip_sampling")
    return 0.0
