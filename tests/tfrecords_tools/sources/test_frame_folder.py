import cv2
import numpy as np
import pytest

from tests.tfrecords_tools.fixtures import small
from tfrecords_tools.base import errors, registry
from tfrecords_tools.base.files import path_state
from tfrecords_tools.cutting import windows
from tfrecords_tools.source_parsing import source_clips
from tfrecords_tools.sources import frame_folder

WINDOWS = windows.Config(seconds=0.4)


@pytest.fixture
def listed(tmp_path):
    """Lists the clips of the named files."""

    def listing(*files, **config):
        for name in files:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        return frame_folder.list_clips(
            frame_folder.Config(**config), str(tmp_path)
        )

    return listing


def write_images(folder, count=3, shift=4):
    folder.mkdir(parents=True)
    for number in range(count):
        image = np.full((48, 64, 3), 60, np.uint8)
        image[10:30, shift * number : shift * number + 20] = 200, 80, 40
        cv2.imwrite(str(folder / f"{number + 8}.png"), image)


def test_label_is_the_outermost_folder(listed):
    clips = listed("run/day1/1.jpg", "run/day1/2.jpg", "walk/a/b/1.PNG")
    found = [(clip.path, clip.label, clip.split) for clip in clips]
    assert found == [("run/day1", "run", ""), ("walk/a/b", "walk", "")]


def test_folders_of_splits_are_splits(listed):
    clips = listed("train/run/1/1.jpg", "val/run/2/1.jpg")
    found = [(clip.label, clip.split) for clip in clips]
    assert found == [("run", "train"), ("run", "val")]


def test_folders_alone_have_no_label(listed):
    assert [clip.label for clip in listed("1/1.jpg", "2/1.jpg")] == ["", ""]


def test_rate_is_that_of_the_flag(listed):
    (clip,) = listed("run/1/1.jpg", rate=12.5)
    assert clip.frame_rate == 12.5


def test_other_files_and_hidden_ones_are_skipped(listed):
    (clip,) = listed("run/1/1.jpg", "run/1/Thumbs.db", "run/1/.2.jpg")
    assert (clip.path, clip.absent) == ("run/1", "")


def test_folder_without_images_is_named(listed, tmp_path):
    (tmp_path / "run/2").mkdir(parents=True)
    clips = listed("run/1/1.jpg", "run/3/a.mp4")
    found = {clip.path: clip.absent for clip in clips}
    assert found == {
        "run/1": "",
        "run/2": "holds no images",
        "run/3": "holds no images, but a.mp4",
    }


def test_dangling_link_among_images_is_named(listed, tmp_path):
    listed("run/1/1.jpg")
    (tmp_path / "run/1/2.jpg").symlink_to(tmp_path / "nothing")
    (clip,) = listed()
    assert clip.absent.startswith("its image run/1/2.jpg: no such file")


def test_images_beside_folders_of_images_are_refused(listed):
    with pytest.raises(errors.UserError, match="run holds images and run/1"):
        listed("run/1/1.jpg", "run/title.jpg")


def test_images_of_the_input_itself_are_refused(listed, tmp_path):
    above = f"one video, use --input={tmp_path.parent}"
    with pytest.raises(errors.UserError, match=above):
        listed("1.jpg")


def test_misnamed_splits_name_the_flag_of_this_source(listed):
    files = "train_1/run/1/1.jpg", "val_1/run/2/1.jpg"
    with pytest.raises(errors.UserError, match="--frame_folder.outer=labels"):
        listed(*files)
    assert len(listed(outer="labels")) == 2


@pytest.mark.parametrize("source", ["video_folder", "csv_file", "transcripts"])
def test_other_sources_name_this_one(source, tmp_path):
    write_images(tmp_path / "run/1")
    chosen = registry.choose("tfrecords_tools.sources", source)
    with pytest.raises(errors.UserError, match="--source=frame_folder"):
        source_clips.read(chosen, str(tmp_path), lambda: tmp_path)


def test_row_of_a_table_with_a_folder_of_images_names_it(tmp_path):
    write_images(tmp_path / "run/1")
    table = tmp_path / "labels.csv"
    table.write_text("path\nrun/1\n")
    chosen = registry.choose("tfrecords_tools.sources", "csv_file")
    with pytest.raises(errors.UserError, match="csv:2.*=frame_folder"):
        source_clips.read(chosen, str(table), lambda: tmp_path)


def test_link_of_an_image_that_leaves_the_root_is_refused(tmp_path):
    write_images(tmp_path / "in/run/1")
    (tmp_path / "other.png").write_bytes(b"")
    (tmp_path / "in/run/1/9.png").unlink()
    (tmp_path / "in/run/1/9.png").symlink_to(tmp_path / "other.png")
    chosen = registry.choose("tfrecords_tools.sources", "frame_folder")
    with pytest.raises(errors.UserError, match="9.png leaves the video root"):
        source_clips.read(chosen, str(tmp_path / "in"), lambda: tmp_path / "in")


@pytest.fixture
def classes(tmp_path):
    for label, shift in (("left", 2), ("right", 5)):
        for number in range(2):
            write_images(tmp_path / f"in/{label}/v.{number}", 12, shift)
    return tmp_path / "in"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder of images, the shards of it, and their report."""
    folder = tmp_path_factory.mktemp("frames")
    for label, shift in (("left", 2), ("right", 5)):
        for number in range(2):
            write_images(folder / f"in/{label}/v.{number}", 12, shift)
    rows = small.build(
        folder / "in",
        folder / "out",
        source="frame_folder",
        source_config=frame_folder.Config(rate=10),
        cut=registry.choose("tfrecords_tools.cutting", "windows", WINDOWS),
        cleaning=("still", "duplicates"),
    )[1]
    return folder / "in", folder / "out", rows


def test_windows_of_folders_hold_frames_at_their_times(built):
    records = small.records(built[1])
    times = {}
    for chunks in records.values():
        name = chunks[0]["media_id"].decode()
        times[name] = [int(time) for one in chunks for time in one["times"]]
    # The suffix of a folder's name is part of it.
    assert times["left/v.0@0-0.4"] == [0, 100_000, 200_000, 300_000]
    assert times["right/v.1@0.8-1.2"][-1] == 1_100_000
    assert len(times) == 12


def test_report_says_what_the_images_are(built):
    assert {row["reason"] for row in built[2]} == {"png, 64x48, 10 fps"}


def test_equal_folders_are_copies(built):
    found = {row["path"]: row["duplicates"] for row in built[2]}
    assert found["left/v.0"] == "same as left/v.1"


def test_shards_of_folders_pass_the_check(built):
    assert not small.check(built[1])


def test_changed_image_changes_the_state_of_a_shard(built):
    folder = built[0] / "left/v.0"
    before = path_state.read(folder)
    cv2.imwrite(str(folder / "8.png"), np.zeros((48, 64), np.uint8))
    assert path_state.read(folder) != before
