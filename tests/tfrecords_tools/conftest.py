import pytest

from tests.tfrecords_tools.fixtures import small
from tests.tfrecords_tools.fixtures.numbered_videos import numbered, write_video


@pytest.fixture(scope="session")
def plain_video(tmp_path_factory):
    """2 s at 30 frames a second, a key frame every 12, B-frames."""
    path = tmp_path_factory.mktemp("videos") / "plain.mp4"
    options = {"g": "12", "bf": "2"}
    return write_video(path, [numbered(n) for n in range(60)], options=options)


@pytest.fixture(scope="session")
def classes(tmp_path_factory):
    """`<label>/<n>.mp4`, 5 of each of 2 labels, and a text file."""
    root = tmp_path_factory.mktemp("classes")
    for label in ("run", "walk"):
        for number in range(5):
            images = [numbered(number + place) for place in range(8)]
            write_video(root / label / f"{number}.mp4", images)
    (root / "README.txt").write_text("no video")
    return root


@pytest.fixture(scope="session")
def built(classes, tmp_path_factory):
    """A small data set of `classes`: its folder, manifest and report."""
    folder = tmp_path_factory.mktemp("built")
    return folder, *small.build(classes, folder)
