import os

import pytest

from tfrecords_tools import annotation_checks
from tfrecords_tools.base import errors
from tfrecords_tools.sources import video_folder


def listed(tmp_path, *paths):
    for path in paths:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    clips = video_folder.list_clips(video_folder.Config(), str(tmp_path))
    return [(clip.path, clip.label, clip.split) for clip in clips]


def test_the_outermost_folder_is_the_label(tmp_path):
    assert listed(tmp_path, "run/b.mp4", "run/day/a.mp4", "walk/a.mp4") == [
        ("run/b.mp4", "run", ""),
        ("run/day/a.mp4", "run", ""),
        ("walk/a.mp4", "walk", ""),
    ]


def test_a_flat_folder_has_no_labels(tmp_path):
    assert listed(tmp_path, "a.mp4") == [("a.mp4", "", "")]


def test_folders_called_like_splits_are_splits(tmp_path):
    assert listed(tmp_path, "train/run/a.mp4", "val/run/b.mp4") == [
        ("train/run/a.mp4", "run", "train"),
        ("val/run/b.mp4", "run", "val"),
    ]


def test_a_note_beside_the_splits_changes_nothing(tmp_path):
    assert listed(tmp_path, "README.txt", "train/run/a.mp4") == [
        ("README.txt", "", ""),
        ("train/run/a.mp4", "run", "train"),
    ]


def test_other_files_are_listed_and_make_no_class(tmp_path):
    assert listed(tmp_path, "notes/a.txt", "run/a.mp4") == [
        ("notes/a.txt", "", ""),
        ("run/a.mp4", "run", ""),
    ]


def test_hidden_files_are_passed_over(tmp_path):
    assert listed(tmp_path, ".git/a.mp4", "run/._a.mp4") == []


def test_a_link_to_a_folder_above_is_not_followed_again(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run/above").symlink_to(tmp_path)
    assert listed(tmp_path, "run/a.mp4") == [("run/a.mp4", "run", "")]


def test_what_is_no_folder_is_told(tmp_path):
    with pytest.raises(errors.UserError, match="csv_file"):
        video_folder.list_clips(video_folder.Config(), str(tmp_path / "x"))


def test_videos_beside_folders_of_splits_are_told(tmp_path):
    for path in ("train/run/0.mp4", "val/run/1.mp4", "intro.mp4"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(b"")
    with pytest.raises(errors.UserError, match="intro.mp4 for one"):
        video_folder.list_clips(video_folder.Config(), str(tmp_path))


def test_one_folder_called_like_a_split_is_a_class(tmp_path):
    for path in ("train/0.mp4", "boat/1.mp4"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(b"")
    clips = video_folder.list_clips(video_folder.Config(), str(tmp_path))
    assert [clip.label for clip in clips] == ["boat", "train"]


@pytest.fixture(scope="session")
def video(plain_video):
    return plain_video.read_bytes()


def write(tmp_path, data, *paths):
    for path in paths:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)


def labels(tmp_path):
    return {path: label for path, label, _ in listed(tmp_path)}


ODD = ["a.MP4", "b.vid", "c", "d.mp4.part", "e.mp4 ", "f.", "day/g.x", "h.txt"]


@pytest.mark.parametrize("name", ODD)
def test_every_file_beside_a_video_has_its_label(tmp_path, name):
    assert f"run/{name}" in dict.fromkeys(
        path
        for path, label, _ in listed(tmp_path, "run/0.mp4", f"run/{name}")
        if label == "run"
    )


@pytest.mark.parametrize("name", ODD)
def test_a_folder_of_odd_names_is_a_class_if_one_is_a_video(
    tmp_path, video, name
):
    write(tmp_path, video, f"run/{name}")
    write(tmp_path, b"no video", "run/0.txt", "notes/0.txt")
    write(tmp_path, b"", "walk/0.mp4")
    assert labels(tmp_path) == {
        "notes/0.txt": "",
        "run/0.txt": "run",
        f"run/{name}": "run",
        "walk/0.mp4": "walk",
    }


def test_folders_of_splits_are_seen_whatever_their_videos_are_called(
    tmp_path, video
):
    write(tmp_path, video, "train/run/0.vid", "val/walk/0.vid")
    write(tmp_path, b"no video", "docs/about/notes.txt", "train/notes.txt")
    assert listed(tmp_path) == [
        ("docs/about/notes.txt", "", ""),
        ("train/notes.txt", "", "train"),
        ("train/run/0.vid", "run", "train"),
        ("val/walk/0.vid", "walk", "val"),
    ]


@pytest.mark.parametrize("path", ["intro.vid", "extra/run/0", "docs/a.txt"])
def test_an_odd_video_beside_folders_of_splits_is_told(tmp_path, video, path):
    write(tmp_path, b"", "train/run/0.mp4", "val/run/1.mp4")
    write(tmp_path, video, path)
    with pytest.raises(errors.UserError, match=f"{path} for one"):
        listed(tmp_path)


def test_class_folders_equal_to_the_eye_are_one_class(tmp_path):
    nfc, nfd = "\u00c9p\u00e9e", "E\u0301pe\u0301e"
    folders = [f"train/{nfd}", f"train/{nfc}", f"val/{nfc} "]
    folders += [f"val/\u200b{nfc}", f"val\u00a0/\ufeff{nfd}"]
    clips = listed(tmp_path, *(f"{folder}/0.mp4" for folder in folders))
    assert len(clips) == 5
    assert {label for _, label, _ in clips} == {nfc}


@pytest.mark.parametrize("name", ["|", "\u200b", "\u00a0", " ", " | "])
def test_a_class_folder_without_a_name_to_be_seen_is_told(tmp_path, name):
    listed(tmp_path, f"{name}/0.mp4", "run/0.mp4")
    clips = video_folder.list_clips(video_folder.Config(), str(tmp_path))
    with pytest.raises(errors.UserError, match="no visible character"):
        annotation_checks.check(clips, tmp_path)


def test_what_cannot_be_read_is_a_row_without_a_video(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run/gone.mp4").symlink_to("nowhere.mp4")
    (tmp_path / "run/round.mp4").symlink_to("round.mp4")
    os.mkfifo(tmp_path / "run/pipe.mp4")
    listed(tmp_path, "run/a.mp4")
    clips = video_folder.list_clips(video_folder.Config(), str(tmp_path))
    absent = {clip.path: bool(clip.absent) for clip in clips}
    assert absent == {
        "run/a.mp4": False,
        "run/gone.mp4": True,
        "run/pipe.mp4": True,
        "run/round.mp4": True,
    }
    assert len(annotation_checks.check(clips, tmp_path)) == 4
