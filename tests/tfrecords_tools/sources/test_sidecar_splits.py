"""Files beside the videos of class folders take no place of a video's."""

import collections

import pytest

from tfrecords_tools import annotation_checks, annotations
from tfrecords_tools.sources import video_folder
from tfrecords_tools.splitting import splits


def sizes(root, suffix):
    """Of the files with a suffix, in train, validation and test."""
    listed = video_folder.list_clips(video_folder.Config(), str(root))
    clips, _ = splits.settle(annotation_checks.check(listed, root))
    found = collections.Counter(
        clip.split for clip in clips if clip.path.endswith(suffix)
    )
    return [found[split] for split in annotations.SPLITS]


def put(root, data, suffix, count=8):
    for label in ("left", "right"):
        (root / label).mkdir(exist_ok=True)
        for number in range(count):
            (root / label / f"{number}{suffix}").write_bytes(data)


@pytest.fixture(scope="session")
def video(plain_video):
    return plain_video.read_bytes()


@pytest.mark.parametrize("suffix", [".txt", ".json", ".jpg", "", ".7"])
def test_files_beside_videos_take_no_place(tmp_path, suffix):
    put(tmp_path, b"", ".mp4")
    put(tmp_path, b"no video", suffix)
    assert sizes(tmp_path, ".mp4") == [12, 2, 2]


def test_nor_beside_videos_without_a_videos_suffix(tmp_path, video):
    put(tmp_path, video, ".vid")
    put(tmp_path, b"no video", ".txt")
    assert sizes(tmp_path, ".vid") == [12, 2, 2]


def test_videos_of_an_odd_suffix_are_drawn_with_the_others(tmp_path, video):
    put(tmp_path, b"", ".mp4", 5)
    put(tmp_path, video, ".vid", 5)
    both = zip(sizes(tmp_path, ".mp4"), sizes(tmp_path, ".vid"), strict=True)
    assert [sum(pair) for pair in both] == [16, 2, 2]


def test_rows_of_a_table_are_meant_whatever_their_suffix(tmp_path):
    rows = [
        annotations.Clip(f"{n}{suffix}", "a", is_video=True)
        for n in range(5)
        for suffix in (".mp4", ".vid")
    ]
    clips, _ = splits.settle(annotation_checks.check(rows))
    found = collections.Counter(clip.split for clip in clips)
    assert found == {"train": 8, "validation": 1, "test": 1}


def test_labelled_notes_take_no_place():
    rows = [
        annotations.Clip(f"{label}/{n}{suffix}", label)
        for label in ("left", "right")
        for n in range(8)
        for suffix in (".mp4", ".txt")
    ]
    clips, _ = splits.settle(annotation_checks.check(rows))
    found = collections.Counter(
        clip.split for clip in clips if clip.path.endswith(".mp4")
    )
    assert found == {"train": 12, "validation": 2, "test": 2}
