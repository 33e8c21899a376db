import pathlib
import types

import pytest

from launch.prediction import held_frames
from pipelines import batch
from tfrecords_tools.base import errors

PATH = pathlib.Path("a.mp4")


def frames(count):
    """25 a second; each holds its own number."""
    return [
        types.SimpleNamespace(
            time=40_000 * n, end_time=40_000 * (n + 1), data=n
        )
        for n in range(count)
    ]


def test_the_clip_lies_in_the_centre():
    clip = batch.ClipSpec(frames=2, stride=1, size=16)
    assert held_frames.central_clip(PATH, frames(6), clip) == [2, 3]


def test_a_clip_by_time_lies_in_the_centre_of_the_span():
    clip = batch.ClipSpec(frames=2, size=16, stride_seconds=0.08)
    assert clip.by_time
    first, last = held_frames.central_clip(PATH, frames(9), clip)
    assert last - first == 2 and first + last == 8


def test_few_frames_are_looped_where_the_clip_says_so():
    clip = batch.ClipSpec(frames=4, stride=1, size=16)
    assert not held_frames.is_too_short(frames(3), clip)
    assert set(held_frames.central_clip(PATH, frames(3), clip)) == {0, 1, 2}


def test_few_frames_are_refused_where_the_clip_says_so():
    clip = batch.ClipSpec(frames=4, stride=1, size=16, short="refuse")
    assert held_frames.is_too_short(frames(3), clip)
    with pytest.raises(errors.UserError, match=r"^a\.mp4: clip needs .*got"):
        held_frames.central_clip(PATH, frames(3), clip)
