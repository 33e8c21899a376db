import pytest

from tfrecords_tools import annotation_checks, annotations
from tfrecords_tools.base import errors
from tfrecords_tools.sources import csv_file

HEAD = "path,label,split,start_seconds,end_seconds\n"


def clips(tmp_path, text, encoding="utf-8", **columns):
    path = tmp_path / "labels.csv"
    path.write_bytes(text.encode(encoding))
    return csv_file.list_clips(csv_file.Config(**columns), str(path))


def fault(tmp_path, text, **columns):
    with pytest.raises(errors.UserError) as caught:
        clips(tmp_path, text, **columns)
    return str(caught.value)


def test_all_columns_are_read(tmp_path):
    (clip,) = clips(
        tmp_path,
        "path,label,split,group,start_seconds,end_seconds,caption,label.mood\n"
        'a.mp4,x|y,train,g,1.5,2,"hello, you",glad\n',
    )
    assert (clip.path, clip.label, clip.split) == ("a.mp4", "x|y", "train")
    assert (clip.start_seconds, clip.end_seconds) == (1.5, 2.0)
    assert clip.caption == "hello, you" and clip.tasks == {"mood": "glad"}
    assert clip.origin == "labels.csv:2"


def test_byte_order_mark_and_windows_lines_do_no_harm(tmp_path):
    text = "path,label\r\na.mp4,run\r\n\r\n"
    (clip,) = clips(tmp_path, text, encoding="utf-8-sig")
    assert (clip.path, clip.label) == ("a.mp4", "run")


def test_a_column_may_have_another_name(tmp_path):
    (clip,) = clips(tmp_path, "path,scene\na.mp4,s1\n", group="scene")
    assert clip.group == "s1"


def test_a_missing_column_is_told_with_its_flag(tmp_path):
    told = fault(tmp_path, "file,label\na.mp4,x\n")
    assert "columns file, label" in told and "--columns.path=" in told


def test_an_unknown_column_is_told_with_a_flag(tmp_path):
    told = fault(tmp_path, "path,scene\na.mp4,s1\n")
    assert "columns path, scene" in told
    assert "--columns.ignore=scene" in told


def test_an_ignored_column_is_passed_over(tmp_path):
    (clip,) = clips(tmp_path, "path,scene\na.mp4,s1\n", ignore=("scene",))
    assert clip.group == ""


def test_every_bad_row_is_told_with_its_line(tmp_path):
    told = fault(
        tmp_path,
        "path,start_seconds,split\n"
        "a.mp4,one,train\n"
        "b.mp4,1,train\n"
        "c.mp4\n"
        "d.mp4,1,tran\n",
    ).splitlines()
    assert [line.partition(": ")[0] for line in told] == [
        "labels.csv:2",
        "labels.csv:4",
        "labels.csv:5",
    ]


def places(told):
    return [line.partition(": ")[0] for line in told.splitlines()]


def test_all_faults_of_a_row_are_told(tmp_path):
    told = fault(tmp_path, HEAD + "../a.mp4,x,tran,one,two\n")
    for text in ("'one'", "'two'", "leaves the video root", "'tran'"):
        assert text in told


def test_faults_of_every_kind_come_in_the_order_of_lines(tmp_path):
    rows = [
        "a.mp4,x,train,0,1",
        "a.mp4,x,train,0,1",  # 3: the same clip
        "b.mp4,x,train,2,1",  # 4: end before start
        "b.mp4,x,train,0,one",  # 5: no number
        "../b.mp4,x,train,0,1",  # 6: out of the root
        "/b.mp4,x,train,0,1",  # 7: absolute
        "b.mp4,x,train,0",  # 8: a cell too few
        "b.mp4,x,train,0,1,2",  # 9: one too many
        "b.mp4,y,train,3,4",  # 10: unknown label
        "b.mp4,x,tran,5,6",  # 11: unknown split
        ",x,train,0,1",  # 12: no path
        "b.mp4,x,train,1_0,20",  # 13: no number as people write it
        "\udcfc.mp4,x,train,0,1",  # 14: not UTF-8
        '"b".mp4,x,train,0,1',  # 15: a quote within a cell
        "b.mp4,x,train,nan,",  # 16: not a time
    ]
    (tmp_path / "labels.txt").write_text("x\n")
    path = tmp_path / "labels.csv"
    text = HEAD + "\n".join(rows) + "\n"
    path.write_bytes(text.encode(errors="surrogateescape"))
    config = csv_file.Config(label_list=str(tmp_path / "labels.txt"))
    with pytest.raises(errors.UserError) as caught:
        csv_file.list_clips(config, str(path))
    wanted = [f"labels.csv:{line}" for line in range(3, 17)]
    assert places(str(caught.value)) == wanted


def test_rows_with_bad_numbers_are_not_taken_for_the_same_clip(tmp_path):
    told = fault(tmp_path, HEAD + "a.mp4,x,,one,\n" * 2)
    assert len(told.splitlines()) == 2 and "same clip" not in told


def test_a_quoted_cell_that_never_ends_is_told_where_it_begins(tmp_path):
    told = fault(tmp_path, 'path\na.mp4\n"b.mp4\nc.mp4\n')
    assert places(told) == ["labels.csv:3"] and "never closes" in told


def test_the_line_of_a_row_is_its_first(tmp_path):
    text = 'path,caption\na.mp4,"two\nlines"\nb.mp4,one\n'
    found = clips(tmp_path, text)
    assert [c.origin for c in found] == ["labels.csv:2", "labels.csv:4"]


def test_every_line_of_another_encoding_is_told(tmp_path):
    with pytest.raises(errors.UserError) as caught:
        clips(tmp_path, "path\nü.mp4\na.mp4\né.mp4\n", encoding="latin-1")
    assert places(str(caught.value)) == ["labels.csv:2", "labels.csv:4"]
    assert "not UTF-8" in str(caught.value)


def test_utf_16_is_told(tmp_path):
    with pytest.raises(errors.UserError, match="save it as UTF-8"):
        clips(tmp_path, "path\na.mp4\n", encoding="utf-16")


def test_other_marks_between_cells_are_told(tmp_path):
    assert "commas" in fault(tmp_path, "path;label\na.mp4;x\n")


def test_all_unknown_columns_are_told(tmp_path):
    told = fault(tmp_path, "path,scene,mood\na.mp4,s1,glad\n")
    assert "'scene'" in told and "'mood'" in told


def test_an_empty_file_is_told(tmp_path):
    assert "labels.csv" in fault(tmp_path, "")


def test_labels_of_the_list_are_accepted(tmp_path):
    (tmp_path / "labels.txt").write_text("run\nwalk\n")
    listed = str(tmp_path / "labels.txt")
    rows = "path,label\na.mp4,run|walk\nb.mp4,\n"
    assert len(clips(tmp_path, rows, label_list=listed)) == 2


def test_an_unknown_label_is_told_with_the_nearest(tmp_path):
    (tmp_path / "labels.txt").write_text("run\nwalk\n")
    listed = str(tmp_path / "labels.txt")
    told = fault(tmp_path, "path,label\na.mp4,run|wlak\n", label_list=listed)
    assert told.startswith("labels.csv:2: label 'wlak'") and "'walk'" in told


def test_a_label_list_without_labels_to_check_is_told(tmp_path):
    (tmp_path / "labels.txt").write_text("run\n")
    listed = str(tmp_path / "labels.txt")
    assert "label_list" in fault(tmp_path, "path\na.mp4\n", label_list=listed)


def test_a_missing_label_list_is_told_with_the_faulty_rows(tmp_path):
    told = fault(tmp_path, HEAD + "a.mp4,x,,one,\n", label_list="none.txt")
    assert "none.txt: No such file" in told and "labels.csv:2" in told


def test_equal_texts_are_kept_once(tmp_path):
    found = clips(tmp_path, "path,label\na.mp4,run\nb.mp4,run\n")
    assert found[0].label is found[1].label


def test_a_missing_table_is_told(tmp_path):
    with pytest.raises(errors.UserError, match="none.csv"):
        csv_file.list_clips(csv_file.Config(), str(tmp_path / "none.csv"))


@pytest.mark.parametrize(
    "text",
    [
        "path,label,\na.mp4,run,\nb.mp4,run\n",
        "path,label,,\na.mp4,run, ,\nb.mp4,run\n",
        "path,,label\na.mp4,,run\nb.mp4,,run\n",
        "path,label\na.mp4,run,,\nb.mp4,run,\n",
        "path,label,\ufeff\na.mp4,run,\nb.mp4,run\n",
    ],
)
def test_empty_columns_without_a_name_do_no_harm(tmp_path, text):
    found = clips(tmp_path, text)
    assert [clip.label for clip in found] == ["run", "run"]


def test_what_stands_in_a_column_without_a_name_is_told(tmp_path):
    told = fault(tmp_path, "path,label,\na.mp4,run,\nb.mp4,run,fast\n")
    assert told.startswith("labels.csv:3: 'fast' stands in column 3")
    told = fault(tmp_path, "path,label,\n../a.mp4,run,fast\n")
    assert places(told) == ["labels.csv:2"] * 2 and "leaves" in told
    told = fault(tmp_path, "path,,label\na.mp4,fast,run\n")
    assert told.startswith("labels.csv:2: 'fast' stands in column 2")


NFC, NFD = "\u00c9p\u00e9e", "E\u0301pe\u0301e"


def test_labels_and_columns_equal_to_the_eye_are_one(tmp_path):
    text = f"path,{NFD},label.{NFD}\na.mp4,{NFD}|{NFC},{NFD}\n"
    (clip,) = clips(tmp_path, text, label=NFC)
    assert (clip.label, clip.tasks) == (NFC, {NFC: NFC})


@pytest.mark.parametrize(("listed", "label"), [(NFC, NFD), (NFD, NFC)])
def test_a_label_list_of_another_form_allows_the_label(tmp_path, listed, label):
    (tmp_path / "labels.txt").write_text(f"\ufeff{listed}\u00a0\n", "utf-8")
    text = f"path,label\na.mp4,{label}\n"
    listed = str(tmp_path / "labels.txt")
    assert clips(tmp_path, text, label_list=listed)[0].label == NFC


def test_a_first_column_of_row_numbers_needs_no_name(tmp_path):
    (tmp_path / "t.csv").write_text(",path,label\n0,a.mp4,x\n1,b.mp4,y\n")
    clips = csv_file.list_clips(csv_file.Config(), str(tmp_path / "t.csv"))
    assert [(clip.path, clip.label) for clip in clips] == [
        ("a.mp4", "x"),
        ("b.mp4", "y"),
    ]


@pytest.mark.parametrize("row", ["x0,a.mp4,x,", "0,a.mp4,x,7"])
def test_other_columns_without_a_name_must_be_empty(tmp_path, row):
    (tmp_path / "t.csv").write_text(f",path,label,\n{row}\n")
    with pytest.raises(errors.UserError, match="has no name in the first line"):
        csv_file.list_clips(csv_file.Config(), str(tmp_path / "t.csv"))


@pytest.mark.parametrize(
    "column", ["label.", "label.\u200b", "label. \u00a0", "label.\u3164"]
)
def test_a_task_without_a_name_is_told(tmp_path, column):
    told = fault(tmp_path, f"path,label,{column}\na.mp4,p,q\n")
    assert "labels.csv:1: " in told
    assert "'label.' names no label set: wanted label.NAME" in told


@pytest.mark.parametrize("character", ["\n", "\t", "\x1b", "\u2028"])
def test_a_task_with_a_control_character_is_told(tmp_path, character):
    told = fault(tmp_path, f'path,"label.a{character}b"\na.mp4,q\n')
    assert "has a line break, a tab or another control character" in told


@pytest.mark.parametrize("ignored", ["label.", "label.\u200b"])
def test_a_task_without_a_name_can_be_passed_over(tmp_path, ignored):
    text = "path,label,label.\na.mp4,p,q\n"
    (clip,) = clips(tmp_path, text, ignore=(ignored,))
    assert clip.label == "p" and not clip.tasks


def test_a_column_called_like_a_task_without_a_name_may_be_another(tmp_path):
    (clip,) = clips(tmp_path, "path,label.\na.mp4,s1\n", group="label.")
    assert clip.group == "s1" and not clip.tasks


@pytest.mark.parametrize("column", ["label. x", "label.\u00a0x", " label.x "])
def test_the_name_of_a_task_is_normalized(tmp_path, column):
    (clip,) = clips(tmp_path, f"path,{column}\na.mp4,q\n")
    assert clip.tasks == {"x": "q"}


def test_a_task_is_passed_over_as_it_is_written(tmp_path):
    text = "path,label. x\na.mp4,q\n"
    (clip,) = clips(tmp_path, text, ignore=("label. x",))
    assert not clip.tasks


def test_two_columns_of_one_task_are_told(tmp_path):
    told = fault(tmp_path, "path,label. x,label.x\na.mp4,p,q\n")
    assert "'label.x' stands there twice: rename or remove one" in told


def test_columns_of_several_texts_are_read(tmp_path):
    (clip,) = clips(
        tmp_path,
        'path,captions,question,answer\na.mp4,"[""a"", ""b""]",who?,a dog\n',
    )
    assert clip.caption == "a"
    assert [each.text for each in clip.captions] == ["a", "b"]
    assert clip.questions == (annotations.Question("who?", "a dog"),)


def test_captions_that_are_no_list_are_told_with_their_line(tmp_path):
    told = fault(tmp_path, "path,captions\na.mp4,a dog\n")
    assert told.startswith("labels.csv:2") and "no JSON list" in told


def test_clip_with_a_row_for_each_caption_is_told_of_lists(tmp_path):
    rows = clips(tmp_path, "path,caption\na.mp4,a dog\na.mp4,it runs\n")
    (found,) = annotation_checks.faults(rows)
    assert "list its texts in one row, as a JSON list" in found
