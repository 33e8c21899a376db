import os
import random
import subprocess
import sys

import pytest

from tfrecords_tools.base import errors
from tfrecords_tools.text import word_pieces

WORDS = {"play": 9, "playing": 5, "going": 4, "go": 7, "in": 3, "zip": 1}


def many_words(count):
    draw = random.Random(0)
    words = ["".join(draw.choices("abcde", k=6)) for _ in range(count)]
    return {word: draw.randint(1, 99) for word in words}


def test_words_are_whole_where_there_is_room():
    assert set(WORDS) < set(word_pieces.learn(WORDS, 40))


def test_common_endings_become_pieces():
    words = {"go": 9} | {f"{stem}ing": 1 for stem in many_words(50)}
    assert "##ing" in word_pieces.learn(words, 48)


def test_characters_come_first():
    learnt = word_pieces.learn({"ab": 2, "b": 3}, 99)
    assert learnt == ("a", "b", "##a", "##b", "ab")


def test_every_character_begins_and_goes_on():
    learnt = set(word_pieces.learn(WORDS, 99))
    for character in "playingoz":
        assert {character, f"##{character}"} < learnt


def test_characters_are_half_at_most():
    letters = {chr(0x4E00 + k) * 2: 99 - k for k in range(50)}
    learnt = word_pieces.learn(letters, 40)
    assert sum(len(p.removeprefix("##")) == 1 for p in learnt) == 20


@pytest.mark.parametrize("size", [1, 2, 12, 25])
def test_no_more_pieces_than_asked_for_are_learnt(size):
    words = {f"{a}{b}": 1 for a in "abcdefg" for b in "abcdefg"}
    assert len(word_pieces.learn(words, size)) <= size


def test_pieces_are_unique():
    learnt = word_pieces.learn({"##a": 1, "a": 1, "#": 2, "##": 1}, 99)
    assert len(set(learnt)) == len(learnt)


def test_nearly_as_many_pieces_as_asked_for_are_learnt():
    words = many_words(600)
    assert 285 <= len(word_pieces.learn(words, 300)) <= 300


def test_no_words_teach_nothing():
    assert word_pieces.learn({}, 9) == ()


@pytest.mark.parametrize("size", [8, 25, 40])
def test_order_of_the_words_changes_nothing(size):
    turned = dict(reversed(WORDS.items()))
    assert word_pieces.learn(turned, size) == word_pieces.learn(WORDS, size)


@pytest.mark.full
def test_hashes_of_texts_change_nothing():
    program = (
        "from tfrecords_tools.text import word_pieces\n"
        f"print(word_pieces.learn({WORDS}, 40))"
    )
    learnt = {
        subprocess.check_output(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        for seed in ("1", "2")
    }
    assert len(learnt) == 1


def test_missing_package_is_named(monkeypatch):
    package = "tensorflow_text.tools.wordpiece_vocab"
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(errors.UserError, match=r"video-models\[text\]"):
        word_pieces.learn(WORDS, 9)
