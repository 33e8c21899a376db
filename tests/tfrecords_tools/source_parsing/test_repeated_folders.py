import pathlib

import pytest

from tfrecords_tools.base import errors
from tfrecords_tools.source_parsing import outer_folders, repeated_folders


def check(*folders):
    paths = [pathlib.PurePath(folder, "a.mp4") for folder in folders]
    repeated_folders.check("videos", paths, *outer_folders.OF_VIDEOS)


def both(outer):
    return [f"{each}/{label}" for each in outer for label in ("left", "right")]


def test_a_series_of_folders_that_holds_the_labels_is_refused(capsys):
    with pytest.raises(errors.UserError) as caught:
        check(*both(["fold0", "fold1"]))
    assert "fold0, fold1 hold no videos but the same folders: left, right" in (
        str(caught.value)
    )
    assert "--video_folder.outer=labels" in str(caught.value)


def test_folders_that_may_be_labels_are_warned_of(capsys):
    check(*both(["home", "street"]))
    assert capsys.readouterr().err.startswith("warning: --input=videos: the")


def test_a_series_of_labels_is_only_warned_of(capsys):
    check(*both(["class1", "class2"]))
    assert "warning" in capsys.readouterr().err


@pytest.mark.parametrize(
    "folders",
    [
        ["run", "walk"],
        ["run/day1", "run/day2", "walk/day1", "walk/day2"],
        ["run/a", "run/b", "walk/c", "walk/d"],
        ["fold0", "fold0/left", "fold1/left", "fold1/right"],
    ],
)
def test_labels_that_are_the_outer_folders_are_silent(folders, capsys):
    check(*folders)
    assert not capsys.readouterr().err
