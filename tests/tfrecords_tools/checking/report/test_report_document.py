import pytest

from tfrecords_tools.base import errors
from tfrecords_tools.checking.report import report_document


def test_page_is_whole_and_escapes_its_texts():
    page = "".join(report_document.page("<t>", "h", "n", ["body"]))
    assert page.startswith("<!DOCTYPE html>") and page.endswith("</html>\n")
    assert "<title>&lt;t&gt;</title>" in page and "body" in page


def test_a_page_may_be_replaced(tmp_path):
    path = tmp_path / "page.html"
    path.write_text("<!DOCTYPE html>")
    report_document.check_target(str(path))


def test_another_file_is_not_replaced(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("mine")
    with pytest.raises(errors.UserError, match="is not an HTML page"):
        report_document.check_target(str(path))
