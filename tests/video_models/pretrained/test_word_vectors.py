import gzip
import struct

import numpy as np
import pytest

from tfrecords_tools.base import errors
from video_models.pretrained import word_vectors

WORDS = ("cat", "dog", "cow")
VECTORS = {"the": (9, 9), "cat": (1, 2.5), "dog": (-3, 4e-1), "Dog": (8, 8)}
LINES = [f"{word} {a} {b}" for word, (a, b) in VECTORS.items()]
GLOVE = "\n".join([*LINES, ""])
FASTTEXT = "\n".join(["4 2", *(f"{line} " for line in LINES), ""])
WORD2VEC = b"4 2\n" + b"".join(
    word.encode() + b" " + struct.pack("<2f", *numbers) + end
    for (word, numbers), end in zip(
        VECTORS.items(), (b"\n", b"", b"\n", b"\n"), strict=True
    )
)


def read(folder, content, words=WORDS, name="vectors.txt"):
    path = folder / name
    data = content if isinstance(content, bytes) else content.encode()
    path.write_bytes(data)
    return word_vectors.read(path, words)


@pytest.mark.parametrize(
    "content",
    [GLOVE, FASTTEXT, WORD2VEC, gzip.compress(WORD2VEC)],
    ids=["glove", "fasttext", "word2vec", "gzip"],
)
def test_vectors_of_the_vocabulary_are_read(tmp_path, content):
    found = read(tmp_path, content)
    np.testing.assert_array_equal(
        found.table, np.float32([[1, 2.5], [-3, 0.4], [0, 0]])
    )
    assert found.is_found.tolist() == [True, True, False]


def test_word_in_other_case_has_the_first_of_its_spellings(tmp_path):
    content = "London 1 2\nLONDON 3 4\nParis 5 6\nparis 7 8\n"
    found = read(tmp_path, content, ("london", "paris"))
    assert found.table.tolist() == [[1, 2], [7, 8]]


def test_first_of_two_equal_words_counts(tmp_path):
    assert read(tmp_path, "cat 1\ncat 2\n").table[0] == 1


def test_words_with_blanks_and_of_any_letters_are_read(tmp_path):
    content = "caf\u00e9 1 2\nat name@domain.com 3 4\n"
    found = read(tmp_path, content, ("at name@domain.com", "caf\u00e9"))
    assert found.table.tolist() == [[3, 4], [1, 2]]


def assert_refused(folder, content, said, words=WORDS):
    with pytest.raises(errors.UserError, match=said):
        read(folder, content, words)


def test_short_line_is_named_by_its_number(tmp_path):
    content = GLOVE + "eel 1"
    assert_refused(tmp_path, content, r"vectors.txt:5: got 1 numbers.*wanted 2")


def test_line_with_a_word_among_its_numbers_is_named(tmp_path):
    assert_refused(tmp_path, "a 1 2\ncat 1 x\n", r"vectors.txt:2: .*'cat'")


def test_vector_that_is_not_finite_is_refused(tmp_path):
    assert_refused(tmp_path, "cat 1 nan\n", "vectors.txt:1: .*not finite")


def test_fewer_vectors_than_the_first_line_says_are_refused(tmp_path):
    content = FASTTEXT.replace("4 2", "5 2")
    assert_refused(tmp_path, content, "4 vectors, its first line says 5")


def test_binary_file_that_ends_early_is_refused(tmp_path):
    assert_refused(tmp_path, WORD2VEC[:-6], "vector 4 of 4: got 3 bytes")


def test_compressed_file_that_ends_early_is_refused(tmp_path):
    content = gzip.compress(WORD2VEC)[:-12]
    assert_refused(tmp_path, content, "cannot be read as word vectors")


def test_file_without_any_word_of_the_vocabulary_is_refused(tmp_path):
    assert_refused(tmp_path, GLOVE, "none of .* 1 words, such as ox", ("ox",))


@pytest.mark.parametrize("content", ["", "one\ntwo\n"])
def test_file_of_something_else_is_refused(tmp_path, content):
    assert_refused(tmp_path, content, "vectors.txt:1: got .*wanted a word and")


def test_archive_and_model_of_fasttext_are_refused(tmp_path):
    assert_refused(tmp_path, b"PK\x03\x04" + b"0" * 9, "is a ZIP archive")
    model = struct.pack("<ii", 793_712_314, 12)
    assert_refused(tmp_path, model, "is a model of fastText")


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(errors.UserError, match="cannot be read as word vec"):
        word_vectors.read(tmp_path / "none.txt", WORDS)
