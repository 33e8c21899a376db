import pytest

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
