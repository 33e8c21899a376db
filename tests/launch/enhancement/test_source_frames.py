import types

import pytest

from launch.enhancement import source_frames
from tfrecords_tools.media import video_file


class Video:
    """Three frames, then what `error` says."""

    end_time = 120_000

    def __init__(self, error=None, count=3):
        self._error, self._count = error, count

    def frames(self):
        for number in range(self._count):
            yield types.SimpleNamespace(pixels=number)
        if self._error:
            raise self._error


def broken(status="truncated"):
    return video_file.VideoError("a.mp4", status, "the file ends early")


def test_frames_wait_until_they_are_written():
    source = source_frames.Source(Video(), lenient=False, max_frames=None)
    assert list(source.frames()) == [0, 1, 2]
    assert [frame.pixels for frame in source.waiting] == [0, 1, 2]
    assert not source.is_cut and not source.remarks


def test_a_limit_cuts_the_video_without_a_remark():
    source = source_frames.Source(Video(), lenient=False, max_frames=2)
    assert list(source.frames()) == [0, 1]
    assert source.is_cut and not source.remarks


def test_a_video_that_breaks_off_is_refused_with_what_came():
    video = Video(broken())
    source = source_frames.Source(video, lenient=False, max_frames=None)
    with pytest.raises(video_file.VideoError) as caught:
        list(source.frames())
    assert "after 3 whole frames (0.12 s)" in caught.value.reason
    assert "--allow_truncated" in caught.value.reason


def test_a_video_that_breaks_off_may_end_there():
    source = source_frames.Source(Video(broken()), True, None)
    assert list(source.frames()) == [0, 1, 2]
    assert source.is_cut and "only those were written" in source.remarks[0]


@pytest.mark.parametrize(
    "video", [Video(broken(), 0), Video(broken("too_large"))]
)
def test_without_a_frame_or_for_another_reason_nothing_is_kept(video):
    source = source_frames.Source(video, lenient=True, max_frames=None)
    with pytest.raises(video_file.VideoError, match="ends early"):
        list(source.frames())
