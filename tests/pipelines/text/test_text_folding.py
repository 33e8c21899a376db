import os
import subprocess
import sys

import hypothesis
import hypothesis.strategies as st
import pytest

from pipelines.text import text_folding
from tests import run_modes
from tfrecords_tools.text import text_cleaning

BARE = text_cleaning.Config(lower_case=True, remove_punctuation=True)
LETTERS = "aIiZ\u0130\u0131\u00c4\u00df\u03a3\u03c2\u0416\u6f22\u00e9\u1e9e"
OTHERS = " 079.,:;'\u2019-_!\u3002\u2026#<>+=\u20ac\U0001f600"


def text_of(tensor):
    return tensor.numpy().decode()


@run_modes.both
@pytest.mark.parametrize(
    "text, lower",
    [
        ("Dog", "dog"),
        ("\u00c4RGER", "\u00e4rger"),
        ("\u0416\u0415", "\u0436\u0435"),
        ("\u039f\u03a3", "\u03bf\u03c2"),  # Sigma at the end of a word.
        ("\u0130I", "i\u0307i"),
        ("\u6f22\u5b57", "\u6f22\u5b57"),
    ],
)
def test_letters_of_any_script_become_small(run, text, lower):
    assert text_of(run(text_folding.lower_case, text)) == lower


@pytest.mark.full
def test_lower_case_does_not_depend_on_the_machines_language():
    program = (
        "from pipelines.text import text_folding\n"
        "print(text_folding.lower_case('\u0130I\u00c4').numpy().hex())"
    )
    turkish = {**os.environ, "LC_ALL": "tr_TR.UTF-8", "PYTHONUTF8": "1"}
    found = subprocess.check_output(
        [sys.executable, "-c", program], env=turkish, text=True
    )
    assert bytes.fromhex(found.strip()).decode() == "i\u0307i\u00e4"


@run_modes.both
@pytest.mark.parametrize(
    "text, words",
    [
        ("Stop, Jo!", ["Stop", "Jo"]),
        ("don't 'quote'", ["don't", "quote"]),
        ("rock\u2019n\u2019roll", ["rock'n'roll"]),
        ("3.5, 1:30 and 1.a", ["3.5", "1:30", "and", "1", "a"]),
        ("well-known_name", ["well", "known", "name"]),
        ("\u597d\u3002\u662f", ["\u597d", "\u662f"]),
        ("1 + 1 = 2 \u20ac", ["1", "+", "1", "=", "2", "\u20ac"]),
        ("...", []),
        ("", []),
    ],
)
def test_punctuation_separates_words(run, text, words):
    assert text_of(run(text_folding.without_punctuation, text)).split() == words


@hypothesis.given(st.text(LETTERS + OTHERS, max_size=20))
@hypothesis.settings(
    max_examples=100, deadline=None, derandomize=True, database=None
)
def test_texts_are_cleaned_as_when_shards_are_built(text):
    folded = text_folding.lower_case(text)
    folded = text_of(text_folding.without_punctuation(folded))
    assert " ".join(folded.split()) == text_cleaning.clean(BARE, text)
