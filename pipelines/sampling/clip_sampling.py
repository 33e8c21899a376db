"""Chooses which stored frames become one clip.

Works on indices only: time_sampling chooses by time, and pixels are touched
in frame_decoding.
"""

import tensorflow as tf

from pipelines import batch
from pipelines.sampling import clip_layout


def training_frames(
    stored: tf.Tensor, clip: batch.ClipSpec, seed: tf.Tensor
) -> tf.Tensor:
    """A random clip of a video.

    Args:
        stored: int [], frames in the video, at least 1.
        clip: how many frames to take, and how; not by time.
        seed: int64 [2]; equal seeds give equal clips.

    Returns:
        int32 [frames], ascending but for a loop, each in [0, stored).

    Raises:
        tf.errors.InvalidArgumentError: the video is empty, or too short for
            a clip that refuses that.
    """
    stride = _stride(clip)
    return tf.cast(clip_layout.at_random(stored, clip, stride, seed), tf.int32)


def evaluation_frames(
    stored: tf.Tensor, clip: batch.ClipSpec, view: tf.Tensor, views: int
) -> tf.Tensor:
    """One of several evenly spaced clips of a video; one alone is centred.

    Source: SlowFast, arXiv:1812.03982, section 4. Differs: their code starts
    view i at i / views of the way to the last start, ours half a step later,
    so that both ends of the video count alike.

    Args:
        stored: int [], frames in the video, at least 1.
        clip: how many frames to take, and how; not by time.
        view: int [] in [0, views).
        views: how many there are.

    Returns:
        As `training_frames`; segments give the centres of their parts.

    Raises:
        tf.errors.InvalidArgumentError: as of `training_frames`.
    """
    return sample_frames(stored, clip, view_place(view, views))


def sample_frames(
    stored: tf.Tensor, clip: batch.ClipSpec, place: tf.Tensor
) -> tf.Tensor:
    """The clip at one place, without any chance.

    Args:
        stored: int [], frames in the video, at least 1.
        clip: how many frames to take, and how; not by time.
        place: float [] in [0, 1), where the clip lies among all the places
            where it fits; where frames are spread, the place within each of
            the equal parts.

    Returns:
        As `training_frames`.

    Raises:
        tf.errors.InvalidArgumentError: as of `training_frames`.
    """
    stride = _stride(clip)
    return tf.cast(clip_layout.at_place(stored, clip, stride, place), tf.int32)


def view_place(view: tf.Tensor, views: int) -> tf.Tensor:
    """float64 [], where evaluation view `view` of `views` lies."""
    return (tf.cast(view, tf.float64) + 0.5) / views


def _stride(clip: batch.ClipSpec) -> float:
    if clip.by_time:
        raise ValueError("this clip is sampled by time: see time_sampling")
    return float(clip.stride)
