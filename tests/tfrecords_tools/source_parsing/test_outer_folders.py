"""Folders that are not what they are taken for are told, not learnt."""

import pytest

from tfrecords_tools.base import errors
from tfrecords_tools.sources import video_folder


def listed(root, *folders, outer="auto"):
    """Labels of a video in each folder."""
    for number, folder in enumerate(folders):
        (root / folder).mkdir(parents=True, exist_ok=True)
        (root / folder / f"{number}.mp4").touch()
    config = video_folder.Config(outer=outer)
    clips = video_folder.list_clips(config, str(root))
    return sorted({clip.label for clip in clips})


def refused(root, *folders):
    with pytest.raises(errors.UserError) as caught:
        listed(root, *folders)
    return str(caught.value)


def test_one_folder_too_deep_names_the_input_to_give(tmp_path):
    told = refused(tmp_path, "dataset/left", "dataset/right")
    assert "dataset holds no videos, only folders: left, right" in told
    assert f"--input={tmp_path}/dataset" in told
    assert "--video_folder.outer=labels" in told


def test_two_folders_too_deep(tmp_path):
    told = refused(tmp_path, "a/b/left", "a/b/right")
    assert f"--input={tmp_path}/a/b" in told


def test_a_note_and_a_stray_video_beside_do_not_hide_it(tmp_path):
    (tmp_path / "notes.txt").touch()
    assert "--input=" in refused(tmp_path, "set/left", "set/right", ".")


def test_splits_one_folder_too_deep(tmp_path):
    told = refused(tmp_path, "set/train/left", "set/val/left")
    assert f"--input={tmp_path}/set" in told


def test_one_folder_too_deep_within_splits(tmp_path):
    folders = [f"{s}/set/{c}" for s in ("train", "val") for c in ("l", "r")]
    assert "move l, r up" in refused(tmp_path, *folders)


@pytest.mark.parametrize(
    "train, validation",
    [
        ("train_256", "val_256"),
        ("train-videos", "val-videos"),
        ("training_set", "validation_set"),
        ("trainset", "testset"),
        ("trainA", "testA"),
        ("01_train", "02_dev"),
        ("TRAIN DATA", "TEST DATA"),
        ("train", "val_256"),
        ("Train", "eval"),
        ("train", "holdout"),
    ],
)
def test_names_of_splits_with_something_added(tmp_path, train, validation):
    folders = [f"{s}/{c}" for s in (train, validation) for c in ("l", "r")]
    told = refused(tmp_path, *folders)
    assert f"folders {', '.join(sorted((train, validation)))} look" in told
    assert "train, validation" in told and "--video_folder.outer" in told


def test_flat_folders_like_splits(tmp_path):
    assert "look like splits" in refused(tmp_path, "train_256", "val_256")


def test_a_further_folder_does_not_hide_splits_of_the_same_labels(tmp_path):
    folders = [f"{s}/{c}" for s in ("train_1", "val_1") for c in ("l", "r")]
    assert "look like splits" in refused(tmp_path, *folders, "extra")


@pytest.mark.parametrize("name", ["TRAIN", "Training", "train"])
def test_capital_letters_are_understood(tmp_path, name):
    assert listed(tmp_path, f"{name}/left", "VAL/left") == ["left"]


@pytest.mark.parametrize(
    "labels",
    [
        ("test_pattern", "train_station", "beach"),
        ("model_train", "train_station"),
        ("left", "right/day1", "right/day2"),
        ("left/day1", "left/day2", "right/day1", "right/day2"),
        ("cats",),
        ("cats/day1",),
        ("contrast", "latest"),
        ("train", "boat"),
    ],
)
def test_labels_are_left_alone(tmp_path, labels):
    wanted = sorted({label.partition("/")[0] for label in labels})
    assert listed(tmp_path, *labels) == wanted


def test_who_means_it_says_so(tmp_path):
    folders = "train_ride/day1", "train_ride/day2"
    assert listed(tmp_path, *folders, outer="labels") == ["train_ride"]
    assert listed(tmp_path, "test_ride", outer="labels") == [
        "test_ride",
        "train_ride",
    ]


def test_splits_within_the_labels_are_told(tmp_path):
    told = refused(tmp_path, "left/train", "left/val", "right/train")
    assert "splits within labels" in told and "train/left" in told


def test_one_folder_like_a_split_within_a_label_is_left_alone(tmp_path):
    assert listed(tmp_path, "left/train", "right") == ["left", "right"]


def of_each(outer, inner):
    return [f"{one}/{other}" for one in outer for other in inner]


@pytest.mark.parametrize(
    "outer",
    [
        ("fold0", "fold1"),
        ("split1", "split2", "split3"),
        ("batch1", "batch2"),
        ("part_a", "part_b"),
        ("Subject 01", "Subject 02"),
    ],
)
def test_folders_of_one_series_around_the_labels(tmp_path, outer):
    told = refused(tmp_path, *of_each(outer, ("left", "right")))
    assert "left, right" in told and outer[0] in told
    assert "--video_folder.outer=labels" in told


@pytest.mark.parametrize(
    "outer",
    [("trn", "tst"), ("训练", "验证"), ("训练集", "测试集"), ("訓練", "検証")],
)
def test_more_names_of_splits(tmp_path, outer):
    assert "look like splits" in refused(tmp_path, *of_each(outer, ["left"]))


def test_the_same_folders_in_all_are_doubted(tmp_path, capsys):
    folders = of_each(("home", "street"), ("left", "right"))
    assert listed(tmp_path, *folders) == ["home", "street"]
    told = capsys.readouterr().err
    assert "warning: " in told and "home, street" in told
    assert "--source=csv_file" in told and "outer=labels" in told


def test_one_that_lacks_a_folder_hides_nothing(tmp_path):
    folders = of_each(("fold0", "fold1", "fold2"), ("a", "b", "c"))
    assert "a, b, c" in refused(tmp_path, *folders[:-1])


@pytest.mark.parametrize(
    "folders",
    [
        ("sport/a", "sport/b", "music/c", "music/d"),
        ("left/day1", "left/day2", "right/day1", "right/day2"),
        ("left/a", "right/a"),
        ("fold0/a", "fold0/b", "fold1/a", "fold1/b", "fold1"),
        ("fold0/a", "fold0/b", "fold1/c", "fold1/d"),
    ],
)
def test_no_word_of_other_folders_within_labels(tmp_path, folders, capsys):
    listed(tmp_path, *folders)
    assert capsys.readouterr().err == ""


def test_who_means_a_series_says_so(tmp_path, capsys):
    folders = of_each(("fold0", "fold1"), ("left", "right"))
    assert listed(tmp_path, *folders, outer="labels") == ["fold0", "fold1"]
    assert capsys.readouterr().err == ""
