import os
import pathlib
import signal

import pytest

from launch.prediction import isolated_frames
from tests.tfrecords_tools.fixtures import numbered_videos
from tfrecords_tools.base import errors
from tfrecords_tools.media import reader


def read_or_crash(path, media):
    if path.name == "bad.mp4":
        os.kill(os.getpid(), signal.SIGSEGV)
    yield from reader.read_frames(path, media)


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    path = tmp_path_factory.mktemp("video") / "good.mp4"
    return numbered_videos.write_video(
        path, [numbered_videos.coded(n) for n in range(3)]
    )


def test_a_crash_is_the_error_of_its_video_alone(video):
    with isolated_frames.IsolatedFrames(read=read_or_crash) as read:
        with pytest.raises(errors.UserError, match="bad.mp4.*SIGSEGV"):
            list(read(pathlib.Path("bad.mp4"), reader.Config()))
        found = list(read(video, reader.Config()))
    assert found == list(reader.read_frames(video, reader.Config()))


def test_a_file_that_is_not_there_is_named():
    with isolated_frames.IsolatedFrames() as read:
        with pytest.raises(errors.UserError, match="none.mp4"):
            list(read(pathlib.Path("none.mp4"), reader.Config()))
