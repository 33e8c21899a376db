import pytest

from tfrecords_tools.source_parsing import kinetics_rows

HEADER = "label,youtube_id,time_start,time_end"


def read(tmp_path, *lines, header=HEADER, name="a.csv"):
    path = tmp_path / name
    path.write_text("\n".join((header, *lines)))
    faults = []
    return list(kinetics_rows.read(path, faults)), faults


@pytest.mark.parametrize(
    "header",
    [
        HEADER,
        "class_label,youtube_identifier,start time,end_time",
        "Label,YouTube_ID,Time_Start,Time_End",
    ],
)
def test_columns_are_known_by_the_names_of_any_release(tmp_path, header):
    (row,), faults = read(tmp_path, "run,abc,1,2.5", header=header)
    assert not faults
    assert (row.label, row.id, row.start, row.end) == ("run", "abc", 1, 2.5)
    assert row.origin == "a.csv:2"


def test_a_missing_column_is_told_with_what_is_there(tmp_path):
    rows, faults = read(tmp_path, "run,1", header="label,time_start")
    assert not rows
    assert "a.csv:1: columns label, time_start: wanted youtube_id" in faults[0]


@pytest.mark.parametrize(
    "line, fault",
    [
        ("run,abc,x,2", "time_start 'x' is not a number"),
        ("run,abc,3,2", "time_end 2 is not after 3"),
        ("run,abc,-1,2", "time_end 2 is not after -1"),
        ("run,abc,1,inf", "time_end inf is not after 1"),
        ("run,,1,2", "youtube_id is empty"),
        ("run,abc,1", "3 cells, wanted 4"),
    ],
)
def test_a_wrong_row_is_told_and_the_others_are_read(tmp_path, line, fault):
    rows, faults = read(tmp_path, line, "walk,def,0,1")
    assert [row.label for row in rows] == ["walk"]
    assert faults == [f"a.csv:2: {fault}"]


@pytest.mark.parametrize(
    "name, split",
    [
        ("kinetics-600_val.csv", "validation"),
        ("train.csv", "train"),
        ("validated.csv", ""),
    ],
)
def test_the_name_of_a_file_tells_its_split(tmp_path, name, split):
    (row,), _ = read(tmp_path, "run,abc,0,1", name=name)
    assert row.split == split


def test_a_column_of_splits_stands_above_the_name(tmp_path):
    (row,), _ = read(
        tmp_path, "abc,0,1,holdout test",
        header="youtube_id,time_start,time_end,split", name="train.csv",
    )  # fmt: skip
    assert (row.split, row.label) == ("test", "")


def test_listed_classes_are_kept_however_they_are_written(tmp_path):
    rows, _ = read(tmp_path, "Air_Drumming,abc,0,1", "run,def,0,1")
    path = tmp_path / "classes.txt"
    path.write_text('"air drumming"\nrum\n')
    faults = []
    kept = kinetics_rows.keep(rows, str(path), faults)
    assert [row.id for row in kept] == ["abc"]
    assert len(faults) == 1 and "no row has" in faults[0]
    assert "run" in faults[0]
