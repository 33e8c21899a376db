"""Chooses the stored frames of a clip by their number.

time_sampling chooses by time; frame_decoding handles pixels.
"""

import tensorflow as tf

from pipelines import batch
from pipelines.sampling import clip_layout


def training_frames(
    stored: tf.Tensor, clip: batch.ClipSpec, seed: tf.Tensor
) -> tf.Tensor:
    """Frames of a random clip of a video.

    Args:
        stored: int [], number of frames of the video, at least 1.
        clip: number and sampling of frames; not by time.
        seed: int64 [2]; equal seeds give equal clips.

    Returns:
        int32 [frames], ascending unless looped, each in [0, stored).

    Raises:
        tf.errors.InvalidArgumentError: the video is empty, or too short and
            `clip.short` is `refuse`.
    """
    stride = _stride(clip)
    return tf.cast(clip_layout.at_random(stored, clip, stride, seed), tf.int32)


def evaluation_frames(
    stored: tf.Tensor, clip: batch.ClipSpec, view: tf.Tensor, views: int
) -> tf.Tensor:
    """Frames of one of several evenly spaced clips; a single one is centred.

    Source: SlowFast, arXiv:1812.03982, section 4. Differs: their code starts
    view i at i / views of the way to the last start, ours half a step later,
    which weights both ends of the video equally.

    Args:
        stored: int [], number of frames of the video, at least 1.
        clip: number and sampling of frames; not by time.
        view: int [] in [0, views).
        views: number of views.

    Returns:
        As `training_frames`; with segments, the centre of each.

    Raises:
        tf.errors.InvalidArgumentError: as for `training_frames`.
    """
    return sample_frames(stored, clip, view_place(view, views))


def sample_frames(
    stored: tf.Tensor, clip: batch.ClipSpec, place: tf.Tensor
) -> tf.Tensor:
    """Frames of the clip at one place, without randomness.

    Args:
        stored: int [], number of frames of the video, at least 1.
        clip: number and sampling of frames; not by time.
        place: float [] in [0, 1), position of the clip among all that fit;
            for other sampling, the position within each equal segment.

    Returns:
        As `training_frames`.

    Raises:
        tf.errors.InvalidArgumentError: as for `training_frames`.
    """
    stride = _stride(clip)
    return tf.cast(clip_layout.at_place(stored, clip, stride, place), tf.int32)


def view_place(view: tf.Tensor, views: int) -> tf.Tensor:
    """float64 [], place of evaluation view `view` of `views`."""
    return (tf.cast(view, tf.float64) + 0.5) / views


def _stride(clip: batch.ClipSpec) -> float:
    if clip.by_time:
        raise ValueError("this clip is sampled by time: see time_sampling")
    return float(clip.stride)
