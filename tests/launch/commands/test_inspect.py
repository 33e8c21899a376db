import json

import pytest

from launch.commands import inspect
from tfrecords_tools.base import errors, flags


def inspected(toy_shards, exported, tmp_path, *more):
    arguments = [
        f"--shards={toy_shards}",
        f"--model={exported}",
        f"--report={tmp_path}/page.html",
        f"--json={tmp_path}/cases.json",
        *more,
    ]
    inspect.main(flags.parse(inspect.COMMAND, arguments))


def test_table_page_and_json_tell_the_same(
    toy_shards, exported, tmp_path, capsys
):
    inspected(toy_shards, exported, tmp_path, "--inspect.outliers=0")
    rows = json.loads((tmp_path / "cases.json").read_text())
    outliers = [row for row in rows if row["kind"] == "outlier"]
    printed = capsys.readouterr().out
    assert f"outliers: {len(outliers)}\n" in printed
    page = (tmp_path / "page.html").read_text()
    assert "has seen the labels" in printed and "has seen the labels" in page
    assert page.count("data:image/jpeg") >= 3 * len(outliers) > 0
    assert "http://" not in page and "https://" not in page


def test_another_file_is_not_overwritten(toy_shards, exported, tmp_path):
    (tmp_path / "page.html").write_text("notes")
    with pytest.raises(errors.UserError, match="not an HTML page"):
        inspected(toy_shards, exported, tmp_path)


def test_one_encoder_is_wanted(toy_shards, exported, tmp_path):
    with pytest.raises(errors.UserError, match="--model and --backbone"):
        inspected(toy_shards, exported, tmp_path, "--backbone=frame_conv")
