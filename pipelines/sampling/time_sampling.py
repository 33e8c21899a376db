"""Chooses the times of a clip, independent of the frame rate of the video.

Clips of videos at 25 and at 30 frames per second then show the same motion.
Times are int64 microseconds, exact for videos of any length.
"""

import tensorflow as tf

from pipelines import batch
from pipelines.sampling import clip_layout, clip_sampling

# Containers round times, at worst to milliseconds. A time at the boundary of
# two frames must always select the same one.
CLOCK_MICROSECONDS = 1000


def training_times(
    start: tf.Tensor, end: tf.Tensor, clip: batch.ClipSpec, seed: tf.Tensor
) -> tf.Tensor:
    """Times of a random clip of a video.

    Args:
        start: int64 [], start of the first stored frame, microseconds.
        end: int64 [], end of the last stored frame, microseconds.
        clip: number and sampling of times; `stride_seconds` apart if dense.
        seed: int64 [2]; equal seeds give equal clips.

    Returns:
        int64 [frames], microseconds, ascending unless looped, each in
        [start, end). `shown_frames` gives the frames at these times.

    Raises:
        tf.errors.InvalidArgumentError: the video is empty, or too short and
            `clip.short` is `refuse`.
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
    """Times of one of several evenly spaced clips; a single one is centred.

    Source: as for `clip_sampling.evaluation_frames`.

    Args:
        start: int64 [], start of the first stored frame, microseconds.
        end: int64 [], end of the last stored frame, microseconds.
        clip: number and sampling of times.
        view: int [] in [0, views).
        views: number of views.

    Returns:
        As `training_times`.

    Raises:
        tf.errors.InvalidArgumentError: as for `training_times`.
    """
    start, length = _span(start, end)
    stride = _stride_microseconds(clip)
    place = clip_sampling.view_place(view, views)
    return start + clip_layout.at_place(length, clip, stride, place)


def shown_frames(frame_times: tf.Tensor, times: tf.Tensor) -> tf.Tensor:
    """Returns the frames, or chunks of frames, that are shown at some times.

    Args:
        frame_times: int64 [n], start of each frame, microseconds, ascending.
        times: int64 [T], microseconds.

    Returns:
        int32 [T] in [0, n), the last frame that starts less than
        `CLOCK_MICROSECONDS` after the time; the first frame if all start
        later.
    """
    frame_times = tf.convert_to_tensor(frame_times, tf.int64)
    until = times + (CLOCK_MICROSECONDS - 1)
    last = tf.searchsorted(frame_times, until, side="right") - 1
    return tf.maximum(last, 0)


def _span(start: tf.Tensor, end: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    start, end = (tf.convert_to_tensor(t, tf.int64) for t in (start, end))
    return start, end - start


def _stride_microseconds(clip: batch.ClipSpec) -> float:
    if clip.by_time:
        return clip.stride_seconds * 1e6
    if clip.sampling == "dense":
        raise ValueError("this clip is sampled by frames: see clip_sampling")
    return 0.0
