import pathlib

import pytest

from tfrecords_tools.base import errors
from tfrecords_tools.source_parsing import folder_labels, outer_folders


def paths(*names):
    return [pathlib.PurePath(name) for name in names]


def has_splits(*names, others=()):
    return folder_labels.has_splits(
        "in",
        paths(*names),
        outer_folders.OF_IMAGES,
        lambda: paths(*others),
    )


def test_folders_named_like_splits_are_splits():
    assert has_splits("train/run/1", "val/run/2")
    assert not has_splits("run/1", "walk/2")


def test_label_is_below_a_split():
    (path,) = paths("train/run/1")
    assert folder_labels.class_of(path, by_split=True) == "run"
    assert folder_labels.class_of(path, by_split=False) == "train"


def test_videos_beside_splits_are_refused_with_what_to_do():
    wanted = "2 videos beside them, 3 for one.*arrange the folders in another"
    with pytest.raises(errors.UserError, match=wanted):
        has_splits("train/1", "val/2", "3", "4")


def test_other_videos_beside_splits_are_refused():
    with pytest.raises(errors.UserError, match="1 videos beside them, odd"):
        has_splits("train/1", "val/2", others=["odd"])
    assert not has_splits("train/1", others=["run/odd"])
