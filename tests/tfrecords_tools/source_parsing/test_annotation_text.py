import pytest

from tfrecords_tools.base import errors
from tfrecords_tools.source_parsing import annotation_text


@pytest.fixture
def written(tmp_path):
    def write(content, name="a.csv"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


def lines(path, **more):
    faults = []
    return annotation_text.read_lines(path, faults, **more), faults


def rows(path):
    faults = []
    return list(annotation_text.read_rows(path, faults)), faults


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_lines_end_as_on_any_machine(written, end):
    found, faults = lines(written(b"\xef\xbb\xbfone" + end + end + b"three"))
    assert found == [("one", "a.csv:1"), ("three", "a.csv:3")] and not faults


def test_a_line_that_is_no_utf8_is_told_and_the_others_are_read(written):
    found, faults = lines(written(b"one\n\xff\nthree"))
    assert [line.text for line in found] == ["one", "three"]
    assert faults == ["a.csv:2: not UTF-8"]


def test_lines_of_another_encoding_are_read(written):
    found, _ = lines(written(b"caf\xe9"), encoding="latin-1", name="list")
    assert found == [("caf\u00e9", "list:1")]


def test_utf16_is_refused_with_what_to_do(written):
    path = written("one".encode("utf-16"))
    assert lines(path) == ([], [f"{path} is UTF-16: save it as UTF-8"])
    with pytest.raises(errors.UserError, match="is UTF-16: save it as UTF-8"):
        rows(path)


def test_a_missing_file_of_lines_is_a_fault(tmp_path):
    path = tmp_path / "none"
    assert lines(path) == ([], [f"{path}: No such file or directory"])


def test_a_missing_table_is_refused(tmp_path):
    with pytest.raises(errors.UserError, match="wanted a CSV file"):
        rows(tmp_path / "none")


def test_rows_come_with_the_line_where_they_start(written):
    found, faults = rows(written(b'a,b\n\n"two\nlines",c\nd,e\n'))
    assert not faults
    assert found == [
        (["a", "b"], "a.csv:1"),
        (["two\nlines", "c"], "a.csv:3"),
        (["d", "e"], "a.csv:5"),
    ]


def test_a_quote_that_never_closes_is_explained(written):
    found, faults = rows(written(b'a\n"b\nc\n'))
    assert found == [(["a"], "a.csv:1")]
    assert faults[0].startswith('a.csv:2: a quote (") opens here')


def test_a_row_that_is_no_utf8_is_told_and_the_others_are_read(written):
    found, faults = rows(written(b"a\n\xff\nc\n"))
    assert [cells for cells, _ in found] == [["a"], ["c"]]
    assert faults == ["a.csv:2: not UTF-8: save the file as UTF-8"]


def test_a_label_that_stands_twice_is_told_with_both_places(written):
    faults = []
    path = written(b'run\n"walk"\nrun\n', "labels.txt")
    found = annotation_text.read_labels(path, faults)
    assert found == {"run": "labels.txt:1", "walk": "labels.txt:2"}
    assert len(faults) == 1
    assert faults[0].startswith("labels.txt:3:")
    assert faults[0].endswith("is also at labels.txt:1: remove one")


def test_empty_cells_behind_the_columns_are_left_out():
    assert annotation_text.fitted(["a", "b", "", " "], 2) == ["a", "b"]
    assert annotation_text.fitted(["a", "b", "c"], 2) == ["a", "b", "c"]


def test_faults_are_told_together_in_the_order_of_lines():
    with pytest.raises(errors.UserError) as caught:
        annotation_text.raise_all(["a.csv:10: x", "a.csv:9: y", "no file"])
    assert str(caught.value) == "no file\na.csv:9: y\na.csv:10: x"
    annotation_text.raise_all([])
