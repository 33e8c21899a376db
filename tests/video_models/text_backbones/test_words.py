import dataclasses

import numpy as np
import pytest

from pipelines import batch
from tfrecords_tools.base import errors
from video_models.text_backbones import words

TEXT = batch.TextSpec(length=5, vocabulary=6, words=("cat", "cow"))
# Start, cow, unknown, end and padding.
INPUTS = {
    "tokens": np.int32([[2, 5, 1, 3, 0]]),
    "tokens_mask": np.float32([[1, 1, 1, 1, 0]]),
}


@pytest.fixture
def vectors(tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_text("cow 8 4\ncat 1 1\n")
    return str(path)


def test_words_start_from_their_public_vectors_and_others_from_zero(vectors):
    network = words.build(words.Config(width=2, vectors=vectors), TEXT)
    table = network.get_layer("stem_tokens").table
    np.testing.assert_array_equal(table, [[0, 0]] * 4 + [[1, 1], [8, 4]])
    found = network(INPUTS)
    np.testing.assert_array_equal(found["volume"][0, 1, 0, 0], [8, 4])
    np.testing.assert_array_equal(found["token"], [[2, 1]])


def test_number_of_words_in_the_file_is_said(vectors, capsys):
    text = dataclasses.replace(TEXT, vocabulary=7, words=("cat", "cow", "ox"))
    words.build(words.Config(width=2, vectors=vectors), text)
    assert "has 2 of the vocabulary's 3 words" in capsys.readouterr().err


def test_vectors_of_another_width_name_the_flag_that_fits(vectors):
    with pytest.raises(errors.UserError, match="--text_backbone.width=2$"):
        words.build(words.Config(width=3, vectors=vectors), TEXT)


def test_vectors_for_pieces_of_words_are_refused(vectors):
    text = dataclasses.replace(TEXT, is_pieces=True)
    with pytest.raises(errors.UserError, match="--text.tokens=words"):
        words.build(words.Config(width=2, vectors=vectors), text)
