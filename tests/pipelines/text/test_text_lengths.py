import pytest

from pipelines import clip_dataset
from pipelines.text import text_lengths, text_tokens
from tests.tfrecords_tools.fixtures import written_shards
from tfrecords_tools.base import errors


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    """Clips with a caption of one word, but clip 3, which has three."""

    def change(record):
        several = record["path"] == "clip3.mp4"
        record["caption"] = "a b-b" if several else "a"
        record["captions"] = ["a b-b", "a"] if several else []
        record["caption_starts"] = [-1] * len(record["captions"])
        record["caption_ends"] = record["caption_starts"]

    folder = written_shards.write(
        tmp_path_factory.mktemp("shards"),
        change=change,
        vocabulary=("a", "b"),
        settings={"words": {"kind": "words"}},
    )
    return clip_dataset.open_split(folder, "train", clip_dataset.Input())


def _said(reader, source="caption", length=5, texts=2):
    config = text_tokens.Config("words", source, length=length, texts=texts)
    return text_lengths.find_longer(config, reader)


def test_texts_that_fit_say_nothing(reader):
    assert _said(reader) == _said(reader, "captions") == ""


def test_longer_text_says_the_clip_and_the_length_to_set(reader):
    found = _said(reader, length=4)
    assert "1 of 6 texts" in found and "clip3.mp4" in found
    # Start, end and the words after folding.
    assert "--text.length=5" in found and "--text.truncate" in found


def test_more_captions_than_are_evaluated_are_told(reader):
    assert "--text.texts=2" in _said(reader, "captions", texts=1)


def test_words_and_no_text_are_not_looked_at(reader):
    assert _said(reader, "words", length=3) == ""
    assert text_lengths.find_longer(text_tokens.Config(), reader) == ""


def test_resumed_run_may_finish_with_a_note(reader, capsys):
    text = text_tokens.Config("words", length=4)
    given = clip_dataset.Input(text=text)
    text_lengths.check(given, reader.folder, is_new=False)
    assert capsys.readouterr().out.startswith("note: split train")
    with pytest.raises(errors.UserError, match="split train: --text.length"):
        text_lengths.check(given, reader.folder, is_new=True)
