import pytest

from tfrecords_tools.base import errors
from tfrecords_tools.sources import csv_file


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


def test_a_quoted_cell_that_never_ends_is_told(tmp_path):
    assert "labels.csv:" in fault(tmp_path, 'path\n"a.mp4\n')


def test_another_encoding_is_told(tmp_path):
    with pytest.raises(errors.UserError, match="not UTF-8"):
        clips(tmp_path, "path\nü.mp4\n", encoding="latin-1")


def test_a_missing_table_is_told(tmp_path):
    with pytest.raises(errors.UserError, match="none.csv"):
        csv_file.list_clips(csv_file.Config(), str(tmp_path / "none.csv"))
