import pytest

from launch import video_windows
from pipelines import batch
from tests.tfrecords_tools.numbered_videos import numbered, write_video
from tfrecords_tools.media import reader


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    path = tmp_path_factory.mktemp("video") / "v.mp4"
    return write_video(path, [numbered(n) for n in range(20)])


@pytest.mark.parametrize("sampling", ["dense", "uniform"])
def test_frames_are_jpegs_whatever_the_shards_store(video, sampling):
    clip = batch.ClipSpec(frames=4, sampling=sampling)
    found, wanted = (
        list(video_windows.of_whole_video(video, clip, reader.Config(**media)))
        for media in ({"storage": "h264"}, {})
    )
    assert found == wanted


def test_windows_of_seconds_are_jpegs_too(video):
    clip = batch.ClipSpec(frames=4)
    found, wanted = (
        list(video_windows.of_seconds(video, clip, media, 0.3))
        for media in (reader.Config(storage="h265"), reader.Config())
    )
    assert found == wanted
