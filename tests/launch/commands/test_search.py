import pytest

from launch.commands import search
from tfrecords_tools.base import errors, flags


def test_json_and_html_exclude_each_other(tmp_path):
    given = [f"--index={tmp_path}", "--video=a.mp4", "--json", "--html"]
    with pytest.raises(errors.UserError, match="both --json and --html"):
        search.main(flags.parse(search.COMMAND, given))
