import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tfrecords_tools.fixtures import emoji
from tfrecords_tools.base.text import text_cells


@pytest.mark.parametrize(
    "text, cells",
    [
        ("walk", 4),
        ("打篮球", 6),
        ("バスケ", 6),
        ("축구", 4),
        ("E\u0301pe\u0301e", 4),
        (emoji.ENGLAND, 2),
        (f"a{emoji.ENGLAND}{emoji.SCOTLAND}b", 6),
        ("\u2764\u200d\U0001f525", 2),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", 2),
        ("\u0915\u094d\u200d\u0937", 1),
        ("\u06dd", 1),
    ],
)
def test_cells_are_those_of_a_terminal(text, cells):
    assert text_cells.width(text) == cells
    assert text_cells.width(text_cells.padded(text, 9)) == 9


def test_what_fits_stays_whole():
    assert text_cells.shortened(["walk", "run"], 4) == ["walk", "run"]


def test_a_long_text_is_cut_in_the_middle():
    assert text_cells.shortened(["0123456789"], 7) == ["012…789"]


def test_labels_that_begin_alike_differ():
    labels = ["passing American football (in game)",
              "passing American football (not in game)"]  # fmt: skip
    assert text_cells.shortened(labels, 19) == [
        "passing A…(in game)",
        "passing A… in game)",
    ]


def test_labels_that_differ_in_the_middle_show_the_difference():
    labels = [f"playing the very long {kind} of the game" for kind in "xy"]
    first, second = text_cells.shortened(labels, 15)
    assert "x" in first and "y" in second
    assert max(map(text_cells.width, (first, second))) <= 15


def test_a_cut_text_is_not_like_a_whole_one():
    whole, cut = text_cells.shortened(["012…789", "0123456789"], 7)
    assert whole == "012…789" and cut != whole


def test_a_letter_keeps_its_mark():
    (cut,) = text_cells.shortened(["e\u0301" * 9], 4)
    assert cut == "e\u0301e\u0301…e\u0301"


@pytest.mark.parametrize(
    "cluster",
    [
        emoji.ENGLAND,
        "\U0001f1e9\U0001f1ea",
        "1\u20e3",
        "\U0001f44d\U0001f3fd",
        "\u2764\ufe0f\u200d\U0001f525",
    ],
)
def test_an_emoji_is_one_cluster(cluster):
    assert text_cells.clusters_of(f"a{cluster}{cluster}") == [
        "a",
        cluster,
        cluster,
    ]


def test_wide_letters_count_twice():
    (cut,) = text_cells.shortened(["打篮球打篮球打篮球"], 9)
    assert cut == "打篮…篮球"


def test_equal_texts_stay_equal():
    first, second = text_cells.shortened(["0123456789"] * 2, 5)
    assert first == second


@given(st.lists(st.text("ab", min_size=8, max_size=12), unique=True))
def test_different_texts_never_look_alike(texts):
    shown = text_cells.shortened(texts, 6)
    assert len(set(shown)) == len(texts)
    assert all(text_cells.width(each) <= 6 for each in shown)


def test_very_many_texts_stay_different():
    texts = ["x" * 20 + "".join(p) for p in itertools.product("ab", repeat=7)]
    shown = text_cells.shortened([f"{text}{'y' * 20}" for text in texts], 9)
    assert len(set(shown)) == len(texts)


def test_a_column_is_as_wide_as_its_widest_text():
    assert text_cells.column(["打篮球", "a"], "label") == (["打篮球", "a"], 6)
    assert text_cells.column(["a"], "label") == (["a"], 5)
