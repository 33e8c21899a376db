import numpy as np
import pytest

from tests.tfrecords_tools.fixtures import moving_videos
from tests.tfrecords_tools.fixtures.numbered_videos import write_video
from tfrecords_tools.video_analysis import shot_boundaries, video_survey

pytest.importorskip("scenedetect")


def boundaries(path, **settings):
    config = shot_boundaries.Config(**settings)
    wanted = video_survey.Needs(shots=config)
    return video_survey.examine(str(path), wanted, 10**8).shots


@pytest.fixture(scope="module")
def three_shots(tmp_path_factory):
    """48, 24 and 48 frames of three scenes, 24 a second."""
    path = tmp_path_factory.mktemp("shots") / "v.mp4"
    images = [
        image
        for scene, count in ((1, 48), (2, 24), (3, 48))
        for image in moving_videos.images(5, scene, count)
    ]
    return moving_videos.write(path, images)


@pytest.mark.parametrize("detector", ["adaptive", "content"])
def test_cuts_are_found_at_their_frame(three_shots, detector):
    assert boundaries(three_shots, detector=detector) == (2_000_000, 3_000_000)


def test_a_moving_frame_is_one_shot(tmp_path):
    path = moving_videos.write(tmp_path / "v.mp4", moving_videos.images(1))
    assert boundaries(path) == ()


def test_a_shot_below_the_minimum_is_no_shot(three_shots):
    assert boundaries(three_shots, minimum_seconds=1.5) == (2_000_000,)


def test_times_are_those_of_a_variable_rate(tmp_path):
    images = [
        image
        for scene in (1, 2)
        for image in moving_videos.images(5, scene, 12)
    ]
    # Half a second, then six seconds.
    times = [*range(12), *range(12, 156, 12)]
    path = write_video(tmp_path / "v.mkv", images, times)
    assert boundaries(path, minimum_seconds=0.3) == (400_000,)


def test_the_minimum_is_counted_in_seconds_of_a_variable_rate(tmp_path):
    images = [
        image
        for scene in (1, 2, 3)
        for image in moving_videos.images(5, scene, 8)
    ]
    times = [0] + [30 * n for n in range(1, 24)]  # One frame a second.
    path = write_video(tmp_path / "v.mkv", images, times)
    assert boundaries(path, minimum_seconds=5) == (8_000_000, 16_000_000)


def test_no_frames_have_no_boundaries():
    finder = shot_boundaries.Finder(shot_boundaries.Config())
    assert finder.boundaries() == ()


def test_one_frame_has_no_boundary():
    finder = shot_boundaries.Finder(shot_boundaries.Config())
    finder.add(0, np.zeros((16, 16, 3), np.uint8))
    assert finder.boundaries() == ()
