"""Selects a clip from decoded frames of a video file, as evaluation does.

video_windows decides which frames are held in memory.
"""

import pathlib
from collections.abc import Sequence

from pipelines import batch
from pipelines.sampling import clip_length, clip_sampling, time_sampling
from tfrecords_tools.base import errors
from tfrecords_tools.base.text import printable
from tfrecords_tools.media import reader


def central_clip(
    path: pathlib.Path, held: Sequence[reader.Frame], clip: batch.ClipSpec
) -> list[bytes]:
    """The data of `central_frames`."""
    return [frame.data for frame in central_frames(path, held, clip)]


def central_frames(
    path: pathlib.Path, held: Sequence[reader.Frame], clip: batch.ClipSpec
) -> list[reader.Frame]:
    """The central clip of the frames, as of a stored clip.

    Raises:
        UserError: the frames are too few and the clip refuses short videos;
            names `path`.
    """
    check_length(path, clip, len(held), _seconds(held))
    if clip.by_time:
        return frames_between(held, held[0].time, held[-1].end_time, clip)
    return [held[number] for number in frame_numbers(len(held), clip)]


def frames_between(
    held: Sequence[reader.Frame], start: int, end: int, clip: batch.ClipSpec
) -> list[reader.Frame]:
    """The central clip by time of [start, end), microseconds."""
    moments = time_sampling.evaluation_times(start, end, clip, 0, 1)
    shown = time_sampling.shown_frames([frame.time for frame in held], moments)
    return [held[number] for number in shown.numpy()]


def frame_numbers(stored: int, clip: batch.ClipSpec) -> list[int]:
    """Indices of the central clip among `stored` frames."""
    return clip_sampling.evaluation_frames(stored, clip, 0, 1).numpy().tolist()


def is_too_short(held: Sequence[reader.Frame], clip: batch.ClipSpec) -> bool:
    """Whether the frames are too few for a clip that refuses short videos."""
    return bool(
        clip_length.shortage(clip, len(held), _seconds(held), training=False)
    )


def check_length(
    path: pathlib.Path, clip: batch.ClipSpec, frames: int, seconds: float
) -> None:
    """Raises UserError if the frames or seconds are too few for the clip."""
    lacking = clip_length.shortage(clip, frames, seconds, training=False)
    if lacking:
        raise errors.UserError(
            f"{printable.name(path)}: clip needs {lacking[0]}, got "
            f"{lacking[1]}: wanted a longer video or window, or a model "
            "trained with --clip.short=loop"
        )


def _seconds(held: Sequence[reader.Frame]) -> float:
    return (held[-1].end_time - held[0].time) / 1e6
