import json
import shutil

import numpy as np
import pytest

from launch.embedding import approximate_search, index_files
from tests.launch.embedding.conftest import searched
from tfrecords_tools.base import errors

RANDOM = np.random.default_rng(0)


def test_a_video_of_the_index_finds_itself_and_its_like(capsys, index, videos):
    out = searched(capsys, index, videos / "c.mp4", "--json")
    found = [json.loads(line) for line in out.splitlines()]
    names = [row["path"].rpartition("/")[2] for row in found]
    assert names == ["c.mp4", "a.mp4", "b.mp4"]
    assert found[0]["similarity"] == pytest.approx(1, abs=0.01)
    assert found[0]["seconds"] == pytest.approx([0, 0.32])


def test_top_is_the_number_of_videos(capsys, index, videos):
    out = searched(capsys, index, videos / "b.mp4", "--top=2")
    assert len(out.splitlines()) == 3  # With the header.


def test_query_by_another_network_is_refused(index, videos, capsys, tmp_path):
    copy = shutil.copytree(index, tmp_path / "index")
    path = copy / index_files.METADATA
    values = json.loads(path.read_text())
    path.write_text(json.dumps({**values, "fingerprint": "0123456789abcdef"}))
    with pytest.raises(errors.UserError, match="made with 0123456789ab "):
        searched(capsys, copy, videos / "b.mp4")


def test_model_that_is_gone_is_asked_for(index, videos, capsys, tmp_path):
    copy = shutil.copytree(index, tmp_path / "index")
    path = copy / index_files.METADATA
    values = json.loads(path.read_text())
    path.write_text(json.dumps({**values, "model": "/gone"}))
    with pytest.raises(errors.UserError, match="not in /gone.*--model"):
        searched(capsys, copy, videos / "b.mp4")


def test_approximate_search_without_its_package_is_told(
    index, videos, capsys, monkeypatch
):
    monkeypatch.setattr(approximate_search, "usearch", None)
    with pytest.raises(errors.UserError, match=r"video-models\[search\]"):
        searched(capsys, index, videos / "b.mp4", "--noexact")


def test_approximate_search_finds_what_exact_search_finds(
    index, videos, capsys, tmp_path
):
    pytest.importorskip("usearch")
    copy = shutil.copytree(index, tmp_path / "index")
    outs = [
        searched(capsys, copy, videos / "b.mp4", flag)
        for flag in ("--exact", "--noexact")
    ]
    assert outs[0] == outs[1]
