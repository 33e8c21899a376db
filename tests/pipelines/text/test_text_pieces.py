import sys

import hypothesis
import hypothesis.strategies as st
import pytest
import tensorflow as tf

from pipelines.text import text_pieces
from tests import run_modes
from tfrecords_tools.base import errors
from tfrecords_tools.text import word_pieces

PIECES = ("play", "##ing", "##i", "p", "##s", "\u6f22", "##\u00e9", "##")
IDS = {piece: place + 4 for place, piece in enumerate(PIECES)}
CUT = text_pieces.build(PIECES, first_id=4, unknown=1)


def pieces_of(word):
    """The ids of one word's pieces, by the book."""
    made, place = [], 0
    while place < len(word):
        for end in range(len(word), place, -1):
            piece = ("##" if place else "") + word[place:end]
            if piece in IDS:
                break
        else:
            return [1]
        made.append(IDS[piece])
        place = end
    return made


def names(ids):
    return [PIECES[i - 4] if i > 1 else "?" for i in ids.numpy()]


@run_modes.both
@pytest.mark.parametrize(
    "word, pieces",
    [
        ("play", ["play"]),
        ("playing", ["play", "##ing"]),
        ("plays", ["play", "##s"]),
        ("pis", ["p", "##i", "##s"]),
        ("\u6f22\u00e9", ["\u6f22", "##\u00e9"]),
        ("##", ["##"]),
        ("##s", ["##s"]),
    ],
)
def test_the_longest_piece_that_fits_is_taken(run, word, pieces):
    assert names(run(CUT, [word])) == pieces


@run_modes.both
@pytest.mark.parametrize("word", ["x", "ing", "playx", "pin", "##ing2"])
def test_word_that_cannot_be_made_up_is_unknown_as_a_whole(run, word):
    assert names(run(CUT, [word])) == ["?"]


@run_modes.both
def test_pieces_follow_the_order_of_the_words(run):
    found = run(CUT, ["playing", "x", "p", "pi"])
    assert names(found) == ["play", "##ing", "?", "p", "p", "##i"]


@run_modes.both
def test_no_words_have_no_pieces(run):
    assert names(run(CUT, tf.constant([], tf.string))) == []


@pytest.mark.parametrize("count, known", [(256, True), (257, False)])
def test_words_of_more_than_256_bytes_are_unknown(count, known):
    found = names(CUT(tf.constant(["p" + "s" * (count - 1)])))
    assert found == (["p"] + ["##s"] * 255 if known else ["?"])


def test_vocabulary_without_inner_pieces_works():
    cut = text_pieces.build(("a", "b"), first_id=4, unknown=1)
    assert cut(tf.constant(["b", "ab"])).numpy().tolist() == [5, 1]


@pytest.mark.parametrize("size", [8, 12, 40])
def test_learnt_pieces_make_up_every_word_they_were_learnt_from(size):
    words = ["abab", "bba", "baab", "a", "bbbb"]
    pieces = word_pieces.learn(dict.fromkeys(words, 1), size)
    cut = text_pieces.build(pieces, first_id=4, unknown=1)
    taken = [pieces[i - 4] for i in cut(tf.constant(words)).numpy()]
    assert "".join(taken).replace("##", "") == "".join(words)


WORD = st.lists(
    st.sampled_from(["play", "ing", "i", "p", "s", "\u6f22", "\u00e9", "x"]),
    min_size=1,
    max_size=6,
).map("".join)


@hypothesis.given(st.lists(WORD, max_size=4))
@hypothesis.settings(
    max_examples=40, deadline=None, derandomize=True, database=None
)
def test_words_are_cut_as_by_the_book(words):
    found = CUT(tf.constant(words, tf.string)).numpy().tolist()
    assert found == [piece for word in words for piece in pieces_of(word)]


def test_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow_text", None)
    with pytest.raises(errors.UserError, match=r"video-models\[text\]"):
        text_pieces.build(PIECES, first_id=4, unknown=1)
