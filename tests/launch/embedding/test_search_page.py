import html.parser

from tests.launch.embedding.conftest import embed_into, searched


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
