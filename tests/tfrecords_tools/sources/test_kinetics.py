import csv

import pytest

from tfrecords_tools import annotation_checks, annotations
from tfrecords_tools.base import errors
from tfrecords_tools.sources import kinetics

HEADER = "label,youtube_id,time_start,time_end,split"


@pytest.fixture
def folder(tmp_path):
    write(
        tmp_path,
        "train.csv",
        "air drumming,aaaaaaaaaaa,10,20,train",
        "abseiling,-bbbbbbbbbb,0,7.5,train",
    )
    write(tmp_path, "validate.csv", "abseiling,ccccccccccc,5,15,validate")
    touch(
        tmp_path,
        "train/air drumming/aaaaaaaaaaa_000010_000020.mp4",
        "train/abseiling/-bbbbbbbbbb.webm",
        "validate/ccccccccccc.mkv",
    )
    return tmp_path


def write(folder, name, *rows, header=HEADER):
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("\n".join([header, *rows]) + "\n")


def touch(folder, *paths):
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).touch()


def listed(folder, **config):
    return kinetics.list_clips(kinetics.Config(**config), str(folder))


def fault(folder, **config):
    with pytest.raises(errors.UserError) as caught:
        listed(folder, **config)
    return str(caught.value)


def test_a_video_cut_to_its_span_has_none(folder):
    clip = listed(folder)[0]
    assert clip == annotations.Clip(
        "train/air drumming/aaaaaaaaaaa_000010_000020.mp4",
        "air drumming",
        "train",
        "aaaaaaaaaaa",
    )
    assert clip.origin == "train.csv:2"


def test_of_a_whole_video_the_span_is_taken(folder):
    spans = [(c.start_seconds, c.end_seconds) for c in listed(folder)[1:]]
    assert spans == [(0, 7.5), (5, 15)]


def test_the_clips_pass_the_check(folder):
    clips = annotation_checks.check(listed(folder), folder)
    assert [c.split for c in clips] == ["train", "train", "validation"]


def test_a_cut_video_is_preferred_to_a_whole_one(folder):
    touch(folder, "train/aaaaaaaaaaa.mp4")
    assert listed(folder)[0].path.endswith("_000020.mp4")


def test_of_equal_names_the_one_in_the_class_folder_is_taken(folder):
    write(
        folder,
        "train.csv",
        "air drumming,aaaaaaaaaaa,10,20,train",
        "abseiling,aaaaaaaaaaa,10,20,train",
    )
    touch(folder, "train/abseiling/aaaaaaaaaaa_000010_000020.mp4")
    folders = [clip.path.split("/")[1] for clip in listed(folder)[:2]]
    assert folders == ["air drumming", "abseiling"]


def test_class_folders_may_have_underscores(folder):
    (folder / "train/air drumming").rename(folder / "train/air_drumming")
    touch(folder, "train/abseiling/aaaaaaaaaaa_000010_000020.mp4")
    assert listed(folder)[0].path.startswith("train/air_drumming/")


def test_annotations_may_stand_one_folder_below(folder):
    (folder / "annotations").mkdir()
    for name in ("train.csv", "validate.csv"):
        (folder / name).rename(folder / "annotations" / name)
    assert len(listed(folder)) == 3


def test_annotations_may_be_named(folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    write(elsewhere, "mine.csv", "abseiling,ccccccccccc,5,15,val")
    (clip,) = listed(folder, annotations=(str(elsewhere / "mine.csv"),))
    assert clip.path == "validate/ccccccccccc.mkv"


def test_the_input_may_be_one_annotation_file(folder):
    assert len(listed(folder / "validate.csv")) == 1


def test_older_columns_are_understood(folder):
    write(
        folder,
        "validate.csv",
        "abseiling,ccccccccccc,5,15,val,0",
        header=HEADER + ",is_cc",
    )
    write(
        folder,
        "kinetics_train.csv",
        "aaaaaaaaaaa,10,20,air drumming",
        header="YouTube Identifier,Start time,End time,Class label",
    )
    (folder / "train.csv").unlink()
    clips = listed(folder)
    assert [clip.split for clip in clips] == ["train", "validation"]
    assert clips[0].label == "air drumming"


def test_test_files_without_labels_are_read(folder):
    write(
        folder,
        "test.csv",
        "ddddddddddd,1,2,test",
        header=HEADER.removeprefix("label,"),
    )
    touch(folder, "test/ddddddddddd.mp4")
    clip = next(clip for clip in listed(folder) if clip.split == "test")
    assert clip.label == "" and clip.group == "ddddddddddd"


def test_a_label_list_chooses_the_classes(folder, tmp_path):
    (tmp_path / "400.txt").write_text("Air_drumming\n")
    (clip,) = listed(folder, label_list=str(tmp_path / "400.txt"))
    assert clip.label == "air drumming"


def test_a_listed_class_without_rows_is_told(folder, tmp_path):
    (tmp_path / "400.txt").write_text("abseiling\nair druming\n")
    told = fault(folder, label_list=str(tmp_path / "400.txt"))
    assert told.startswith("400.txt:2: ") and "'air drumming'" in told


def test_missing_videos_are_listed_and_counted(folder, tmp_path, capsys):
    (folder / "validate/ccccccccccc.mkv").unlink()
    path = tmp_path / "lists" / "missing.csv"
    assert len(listed(folder, missing=str(path))) == 2
    with open(path, newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows[0] == HEADER.split(",")
    assert rows[1:] == [["abseiling", "ccccccccccc", "5", "15", "validation"]]
    assert "1 of 3 videos are missing" in capsys.readouterr().err


def test_the_list_of_the_missing_is_no_annotation(folder):
    (folder / "validate/ccccccccccc.mkv").unlink()
    path = str(folder / "missing_train.csv")
    assert len(listed(folder, missing=path)) == 2
    assert len(listed(folder, missing=path)) == 2


def test_no_video_at_all_is_an_error(folder, tmp_path):
    write(tmp_path / "bare", "train.csv", "abseiling,eeeeeeeeeee,5,15,train")
    told = fault(tmp_path / "bare")
    assert "none of the 1 videos" in told
    assert "eeeeeeeeeee_000005_000015.mp4" in told


def test_no_annotations_are_told(tmp_path):
    assert "--kinetics.annotations" in fault(tmp_path)


def test_every_faulty_row_of_every_file_is_told(folder):
    write(
        folder,
        "train.csv",
        "abseiling,-bbbbbbbbbb,zero,7.5,train",
        "abseiling,-bbbbbbbbbb,8,7.5,train",
        "abseiling,-bbbbbbbbbb,0",
        "abseiling,,0,1,train",
        "abseiling,-bbbbbbbbbb,0,7.5,trian",
    )
    write(folder, "validate.csv", "x,y", header="label,name")
    places = [line.partition(": ")[0] for line in fault(folder).splitlines()]
    assert places == [f"train.csv:{n}" for n in range(2, 7)] + [
        "validate.csv:1"
    ]


def test_a_file_that_is_not_there_is_told(folder):
    assert "none.csv" in fault(folder, annotations=("none.csv",))


def test_hidden_annotations_are_passed_over(folder):
    expected = listed(folder)
    (folder / "._train.csv").write_bytes(b"\x00\x05\x16\x07")
    write(folder, ".old/train.csv", "abseiling,ddddddddddd,0,7.5,train")
    assert listed(folder) == expected


def test_labels_equal_to_the_eye_are_one(folder, tmp_path):
    nfc, nfd = "\u00c9p\u00e9e", "E\u0301pe\u0301e"
    write(folder, "train.csv", f"{nfd},aaaaaaaaaaa,10,20,train")
    write(folder, "validate.csv", f"{nfc},ccccccccccc,5,15,val\u00a0")
    (tmp_path / "list.txt").write_text(f"{nfd}\n", "utf-8")
    clips = listed(folder, label_list=str(tmp_path / "list.txt"))
    assert [clip.label for clip in clips] == [nfc, nfc]


@pytest.mark.parametrize("header", ["", ",", ",,,"])
@pytest.mark.parametrize("row", ["", ",", ",,"])
def test_empty_cells_after_the_last_column_do_no_harm(folder, header, row):
    rows = [f"abseiling,ccccccccccc,5,15,validate{row}"]
    write(folder, "validate.csv", *rows, header=HEADER + header)
    assert len(listed(folder)) == 3


def test_a_video_with_an_odd_suffix_is_found(folder, plain_video):
    (folder / "validate/ccccccccccc.mkv").unlink()
    touch(folder, "validate/ccccccccccc.txt")
    odd = folder / "validate/ccccccccccc.vid"
    odd.write_bytes(plain_video.read_bytes())
    assert listed(folder)[-1].path == "validate/ccccccccccc.vid"


def test_a_link_to_nothing_is_a_missing_video(folder, capsys):
    (folder / "validate/ccccccccccc.mkv").unlink()
    (folder / "validate/ccccccccccc.mkv").symlink_to("nowhere")
    assert len(listed(folder)) == 2
    absent = kinetics.list_all(kinetics.Config(), str(folder))[-1]
    assert absent.path == "ccccccccccc_000005_000015.mp4" and absent.absent
    assert "1 of 3 videos are missing" in capsys.readouterr().err
