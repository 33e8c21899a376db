import html.parser
import json
import shutil

import numpy as np
import pytest

from launch.commands import search
from launch.embedding import approximate_search, index_files, nearest_rows
from tests.launch.embedding.conftest import embed_into
from tfrecords_tools.base import errors, flags

RANDOM = np.random.default_rng(0)


def searched(capsys, index, video, *more):
    arguments = [f"--index={index}", f"--video={video}", *more]
    capsys.readouterr()
    search.main(flags.parse(search.COMMAND, arguments))
    return capsys.readouterr().out


def rows(count, size=16):
    values = RANDOM.normal(size=(count, size))
    values /= np.linalg.norm(values, axis=1, keepdims=True)
    return values.astype(np.float16)


@pytest.mark.parametrize("queries", [1, 3])
def test_blocks_give_the_similarities_of_one_product(monkeypatch, queries):
    monkeypatch.setattr(nearest_rows, "_BLOCK_VALUES", 16 * 7)
    embeddings, wanted = rows(50), rows(queries).astype(np.float32)
    products = embeddings.astype(np.float32) @ wanted.T
    best, which = nearest_rows.similarities(embeddings, wanted)
    np.testing.assert_allclose(best, products.max(1), rtol=1e-5)
    assert which.tolist() == products.argmax(1).tolist()


def test_top_has_the_best_row_of_each_owner():
    values = np.array([0.1, 0.9, 0.8, 0.7, 0.2])
    owners = np.array([0, 0, 0, 1, 2])
    assert nearest_rows.top(values, owners, 2) == [1, 3]
    assert nearest_rows.top(values, owners, 9) == [1, 3, 4]


def test_top_goes_on_where_one_owner_has_most_rows():
    values, owners = np.linspace(1, 0, 100), np.zeros(100, int)
    owners[-1] = 1
    assert nearest_rows.top(values, owners, 2) == [0, 99]


def test_equal_values_give_the_first_row():
    assert nearest_rows.top(np.ones(40), np.arange(40), 2) == [0, 1]


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


def test_page_is_one_file_with_frames(capsys, index, videos):
    out = searched(capsys, index, videos / "b.mp4", "--html", "--top=1")
    html.parser.HTMLParser().feed(out)
    assert out.count("data:image/jpeg") == 6  # Of the query and the result.
    assert "http://" not in out and "https://" not in out


def test_page_of_stored_clips_has_their_frames(
    capsys, exported, toy_shards, videos, tmp_path
):
    given = f"--shards={toy_shards}", "--split=validation"
    output = embed_into(tmp_path / "index", exported, *given)
    out = searched(capsys, output, videos / "b.mp4", "--html", "--top=1")
    assert out.count("data:image/jpeg") == 6
    assert "light" in out


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
