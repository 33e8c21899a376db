import pytest

from tfrecords_tools import annotation_checks, annotations
from tfrecords_tools.base import errors
from tfrecords_tools.sources import ucf101

CLASSES = "1 ApplyEyeMakeup\n37 HandstandPushups\n"
LISTS = "ucfTrainTestlist"


def video(name, group, clip):
    # The data set itself writes one class in two ways.
    inside = name.replace("Handstand", "HandStand")
    return f"{name}/v_{inside}_g{group:02d}_c{clip:02d}.avi"


TRAIN = [video("ApplyEyeMakeup", group, c) for group in (8, 9) for c in (1, 2)]
TEST = [video("ApplyEyeMakeup", 1, 1), video("HandstandPushups", 2, 1)]


@pytest.fixture
def folder(tmp_path):
    lines = [f"{path} 1" for path in TRAIN]
    lines.append(f"{video('HandstandPushups', 8, 1)} 37")
    write(tmp_path, "classInd.txt", CLASSES)
    write(tmp_path, "trainlist01.txt", "\r\n".join(lines) + "\r\n")
    write(tmp_path, "testlist01.txt", "\n".join(TEST) + "\n")
    for path in (*TRAIN, *TEST, video("HandstandPushups", 8, 1)):
        place = tmp_path / "UCF-101" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    return tmp_path


def write(folder, name, text):
    (folder / LISTS).mkdir(exist_ok=True)
    (folder / LISTS / name).write_text(text)


def listed(folder, **config):
    return ucf101.list_clips(ucf101.Config(**config), str(folder))


def fault(folder, **config):
    with pytest.raises(errors.UserError) as caught:
        listed(folder, **config)
    return str(caught.value)


def test_the_lists_give_split_label_and_group(folder):
    clips = listed(folder)
    assert [clip.split for clip in clips] == ["train"] * 5 + ["test"] * 2
    assert clips[0] == annotations.Clip(
        "UCF-101/" + TRAIN[0], "ApplyEyeMakeup", "train", "ApplyEyeMakeup/g08"
    )
    assert annotation_checks.check(clips, folder)


def test_origins_name_file_and_line(folder):
    assert listed(folder)[-1].origin == "testlist01.txt:2"


def test_a_class_is_named_after_its_folder(folder):
    assert listed(folder)[-1].label == "HandstandPushups"


def test_class_folders_may_stand_in_the_input(folder):
    for each in (folder / "UCF-101").iterdir():
        each.rename(folder / each.name)
    (folder / "UCF-101").rmdir()
    assert listed(folder)[0].path == TRAIN[0]


def test_the_lists_may_stand_beside_the_videos_folder(folder):
    clips = listed(folder / "UCF-101")
    assert annotation_checks.check(clips, folder / "UCF-101")


def test_the_number_chooses_the_lists(folder):
    write(folder, "trainlist03.txt", TEST[0] + " 1\n")
    write(folder, "testlist03.txt", TRAIN[0] + "\n")
    clips = listed(folder, split_number=3)
    assert [clip.split for clip in clips] == ["train", "test"]
    assert clips[0].path.endswith(TEST[0])


def test_missing_lists_are_told_with_where_they_were_looked_for(folder):
    told = fault(folder, split_number=2)
    assert "list02.txt" in told and LISTS in told


def test_a_missing_list_is_told_with_the_other_faults(folder):
    (folder / LISTS / "testlist01.txt").unlink()
    write(folder, "trainlist01.txt", "nonsense\n")
    told = fault(folder)
    assert "testlist01.txt: No such file" in told
    assert "trainlist01.txt:1: 'nonsense'" in told


def test_every_faulty_line_is_told(folder):
    gone = video("ApplyEyeMakeup", 25, 1)
    lines = [
        f"{TRAIN[0]} 1",
        f"{gone} 1",
        "ApplyEyeMakeup 1",
        f"{TRAIN[1]} 2",
        video("Archery", 1, 1) + " 3",
        f"{TRAIN[0]} 1",
    ]
    write(folder, "trainlist01.txt", "\n".join(lines))
    told = fault(folder).splitlines()
    places = [line.partition(": ")[0] for line in told]
    assert places == [f"trainlist01.txt:{n}" for n in (2, 3, 4, 5, 6)]
    assert "no video" in told[0] and gone in told[0]
    assert "the number 2 here and 1" in told[2]
    assert "not in classInd.txt" in told[3]
    assert "same clip" in told[4]


def test_a_bad_line_of_the_class_index_is_told(folder):
    write(folder, "classInd.txt", CLASSES + "Archery\n")
    assert "classInd.txt:3: 'Archery'" in fault(folder)


def test_a_list_that_parts_a_group_is_refused(folder):
    write(folder, "testlist01.txt", TRAIN[1])
    write(folder, "trainlist01.txt", f"{TRAIN[0]} 1\n")
    with pytest.raises(errors.UserError, match="group 'ApplyEyeMakeup/g08'"):
        annotation_checks.check(listed(folder))


def test_validation_takes_whole_groups_of_training(folder):
    clips = listed(folder, validation_fraction=0.5)
    splits = {}
    for clip in clips:
        splits.setdefault(clip.group, set()).add(clip.split)
    assert all(len(each) == 1 for each in splits.values())
    assert {clip.split for clip in clips} == {"train", "validation", "test"}
    assert [c.path for c in clips] == [c.path for c in listed(folder)]


def test_what_is_no_folder_is_told(tmp_path):
    assert "wanted the folder" in fault(tmp_path / "none")


@pytest.mark.parametrize(
    ("listed_as", "there"),
    [
        ("E\u0301pe\u0301e", "\u00c9p\u00e9e"),
        ("\u00c9p\u00e9e", "E\u0301pe\u0301e"),
    ],
)
def test_classes_of_another_form_are_found(folder, listed_as, there):
    path = video("ApplyEyeMakeup", 8, 1).replace("ApplyEyeMakeup", listed_as)
    write(folder, "classInd.txt", CLASSES + f"38 {there}\n")
    write(folder, "trainlist01.txt", f"{path} 38\n")
    place = folder / "UCF-101" / path.replace(listed_as, there)
    place.parent.mkdir()
    place.touch()
    clip = listed(folder)[0]
    assert clip.label == "\u00c9p\u00e9e"
    assert (folder / clip.path).is_file()


def test_classes_of_all_scripts_are_read(folder):
    name = "\u0915\u094d\u200d\u0937\u0947"
    path = video("ApplyEyeMakeup", 8, 1).replace("ApplyEyeMakeup", name)
    (folder / LISTS / "classInd.txt").unlink()
    write(folder, "classInd.txt", f"1 ApplyEyeMakeup\n38 {name}\n")
    write(folder, "trainlist01.txt", f"{path} 38\n")
    write(folder, "testlist01.txt", TEST[0])
    assert listed(folder)[0].label == name
