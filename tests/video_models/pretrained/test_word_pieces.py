import json
import zipfile

import numpy as np
import pytest

from tfrecords_tools.base import errors
from video_models.pretrained import word_pieces

NAMES = ("[PAD]", "x", "[UNK]", "[CLS]", "[SEP]", "run", "##ning", "##n")
PIECES = {name: row for row, name in enumerate(NAMES)}
TABLE = np.float32(np.arange(len(NAMES)))[:, None]


def test_special_tokens_have_the_vectors_of_berts():
    found = word_pieces.select_rows(TABLE, PIECES, (), specials=4)
    assert found[:, 0].tolist() == [0, 2, 3, 4]


@pytest.mark.parametrize(
    ("word", "row"),
    [("run", 5), ("##n", 7), ("running", 5.5), ("runnn", 19 / 3), ("ran", 2)],
)
def test_word_has_the_mean_of_its_pieces(word, row):
    found = word_pieces.select_rows(TABLE, PIECES, (word,), specials=4)
    assert found[4, 0] == pytest.approx(row)


def test_vocabulary_is_read_beside_the_weights(tmp_path):
    (tmp_path / "vocab.txt").write_text("\n".join([*NAMES, ""]))
    assert word_pieces.read(tmp_path / "model.safetensors") == PIECES


def test_vocabulary_is_read_from_the_archive_of_the_weights(tmp_path):
    path = tmp_path / "model.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "tokenizer.json", json.dumps({"model": {"vocab": PIECES}})
        )
    assert word_pieces.read(path) == PIECES


def test_missing_vocabulary_is_said(tmp_path):
    with pytest.raises(errors.UserError, match="vocab.txt beside .*same fol"):
        word_pieces.read(tmp_path / "model.safetensors")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("vocab.txt", "a\nb\n", r"lacks \[PAD\]"),
        ("tokenizer.json", "{}", "no vocabulary of word pieces"),
    ],
)
def test_other_vocabularies_are_refused(tmp_path, name, content, said):
    (tmp_path / name).write_text(content)
    with pytest.raises(errors.UserError, match=said):
        word_pieces.read(tmp_path / "model.safetensors")
