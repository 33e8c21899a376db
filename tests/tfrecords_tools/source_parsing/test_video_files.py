"""One listing of a folder of videos, the one of `build_shards`."""

import os

import pytest
from PIL import Image

from tests.tfrecords_tools.fixtures.numbered_videos import numbered, write_video
from tfrecords_tools.base import errors
from tfrecords_tools.media import reader
from tfrecords_tools.source_parsing import video_files
from tfrecords_tools.sources import video_folder


def filled(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def names_within(folder):
    found, _ = video_files.within(folder)
    return [path.relative_to(folder).as_posix() for path in found]


def test_videos_are_found_at_any_depth_in_order(tmp_path):
    folder = filled(tmp_path, "b/1.mp4", "a.MKV", "b/c/2.avi")
    assert names_within(folder) == ["a.MKV", "b/1.mp4", "b/c/2.avi"]


def test_resource_forks_and_hidden_files_are_passed_over(tmp_path):
    folder = filled(tmp_path, "._a.mp4", ".b.mp4", "c.mp4")
    assert names_within(folder) == ["c.mp4"]


def test_hidden_folders_are_passed_over(tmp_path):
    folder = filled(tmp_path, ".Trash/a.mp4", "x/.cache/b.mp4", "c.mp4")
    assert names_within(folder) == ["c.mp4"]


def test_a_hidden_folder_that_is_asked_for_is_listed(tmp_path):
    folder = filled(tmp_path / ".videos", "a.mp4")
    assert names_within(folder) == ["a.mp4"]


def test_a_hidden_file_that_is_asked_for_is_taken(tmp_path):
    filled(tmp_path, ".a.mp4")
    path = tmp_path / ".a.mp4"
    assert video_files.found_at(str(path)) == ([path], 0)


def test_linked_folders_are_followed(tmp_path):
    filled(tmp_path / "elsewhere", "a.mp4")
    folder = filled(tmp_path / "videos", "b.mp4")
    (folder / "link").symlink_to(tmp_path / "elsewhere")
    assert names_within(folder) == ["b.mp4", "link/a.mp4"]


def test_a_link_back_to_a_folder_above_ends(tmp_path):
    folder = filled(tmp_path / "videos", "a.mp4")
    (folder / "above").symlink_to(folder)
    assert names_within(folder) == ["a.mp4"]


def test_a_dangling_link_is_listed_so_that_it_is_told(tmp_path):
    folder = filled(tmp_path, "a.mp4")
    (folder / "gone.mp4").symlink_to(tmp_path / "nowhere.mp4")
    assert names_within(folder) == ["a.mp4", "gone.mp4"]


def test_other_files_are_counted_and_hidden_ones_are_not(tmp_path):
    folder = filled(tmp_path, "a.mp4", "notes.txt", ".DS_Store")
    assert video_files.within(folder)[1] == 1


def test_the_videos_are_those_of_the_shards(tmp_path):
    names = ("a.mp4", ".b.mp4", ".Trash/c.mp4", "d/e.mp4", "d/._e.mp4")
    folder = filled(tmp_path / "videos", *names)
    filled(tmp_path / "elsewhere", "f.mp4")
    (folder / "link").symlink_to(tmp_path / "elsewhere")
    clips = video_folder.list_clips(video_folder.Config(), str(folder))
    assert names_within(folder) == [clip.path for clip in clips]


@pytest.mark.parametrize("kind", ["missing", "fifo"])
def test_what_is_no_file_and_no_folder_is_refused(tmp_path, kind):
    path = tmp_path / "here.mp4"
    if kind == "fifo":
        os.mkfifo(path)
    with pytest.raises(errors.UserError, match="wanted a video file, or a"):
        video_files.found_at(str(path))


def test_what_cannot_be_opened_is_listed_so_that_it_is_told(tmp_path):
    folder = filled(tmp_path, "a.mp4", os.fsdecode(b"b\xff.mp4"))
    os.mkfifo(folder / "c.mp4")
    assert [name[0] for name in names_within(folder)] == ["a", "b", "c"]


def test_a_pipe_does_not_stop_a_reader(tmp_path):
    os.mkfifo(tmp_path / "c.mp4")
    with pytest.raises(errors.UserError, match="c.mp4: is no ordinary file"):
        reader.probe(tmp_path / "c.mp4")


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    path = tmp_path_factory.mktemp("video") / "a.mp4"
    write_video(path, [numbered(place) for place in range(4)])
    return path.read_bytes()


@pytest.mark.parametrize("name", ["c.dat", "c", "c.txt", "c.mp4.part"])
def test_a_video_is_found_under_any_name(tmp_path, video, name):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / name).write_bytes(video)
    assert names_within(tmp_path) == [f"sub/{name}"]
    found = video_files.found_at(str(tmp_path / "sub"))
    assert found == ([tmp_path / "sub" / name], 0)


def test_texts_and_images_beside_videos_are_counted(tmp_path, video):
    (tmp_path / "c.dat").write_bytes(video)
    (tmp_path / ".c.dat").write_bytes(video)
    (tmp_path / "notes.txt").write_text("no video\n" * 99)
    (tmp_path / "empty").touch()
    for kind in ("png", "jpg", "bmp"):
        Image.new("RGB", (64, 48)).save(tmp_path / f"cover.{kind}")
    assert video_files.within(tmp_path) == ([tmp_path / "c.dat"], 5)


def test_videos_of_any_name_are_those_of_the_shards(tmp_path, video):
    for name in ("walk/a.dat", "walk/b.mp4", "run/c"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(video)
    clips = video_folder.list_clips(video_folder.Config(), str(tmp_path))
    assert names_within(tmp_path) == [clip.path for clip in clips]


def test_a_folder_without_videos_tells_of_the_others(tmp_path):
    (tmp_path / "notes.txt").write_text("no video\n")
    with pytest.raises(errors.UserError, match=r"got 1 other file\(s\)"):
        video_files.found_at(str(tmp_path))


def test_a_dangling_link_is_told_with_its_target(tmp_path):
    (tmp_path / "gone.mp4").symlink_to("nowhere.mp4")
    with pytest.raises(reader.VideoError, match="no such file: a link to now"):
        reader.probe(tmp_path / "gone.mp4")
    with pytest.raises(errors.UserError, match="a link to nowhere.mp4: wan"):
        video_files.found_at(str(tmp_path / "gone.mp4"))


def test_a_link_to_a_folder_is_told_with_its_target(tmp_path):
    folder = filled(tmp_path / "videos", "a.mp4")
    (folder / "above").symlink_to(tmp_path)
    assert names_within(folder) == ["a.mp4", "above"]
    with pytest.raises(reader.VideoError, match=f"a link to {tmp_path}$"):
        reader.probe(folder / "above")


def test_folders_of_images_are_named_with_a_remedy(tmp_path):
    folder = filled(tmp_path, "v/1.jpg", "v/2.jpg", "notes.txt")
    with pytest.raises(errors.UserError, match=r"2 image.*frame_folder"):
        video_files.found_at(str(folder))
