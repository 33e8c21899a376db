import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfrecords_tools.base.text import names

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e007f"
MEANT = [
    "run",
    "a  b",
    "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian
    "\u0915\u094d\u200d\u0937",  # Hindi
    "\u8d70\u308b\u3000\u4eba",  # Japanese
    FAMILY,
    ENGLAND,
    "\u2764\u200d\U0001f525",
    "1\u20e3",
    "\U0001f44d\U0001f3fd",
    "\U0001f1e9\U0001f1ea",
    "\u8fbb\U000e0100",  # Ideographic variant
    "\u2229\ufe00",  # Another glyph of an operator
    "\u182d\u180b",  # Mongolian
    "\u1100\u1160\u11a8",  # Old Korean
    "\u0628\u200d",  # A letter that is shown as if another came
    "\ue000",  # Private use
    "\U0001fae8",  # Newer than some Pythons
]


@pytest.mark.parametrize("name", MEANT)
def test_names_of_all_scripts_are_text_and_stay(name):
    assert names.is_text(name) and names.normalized(name) == name


@pytest.mark.parametrize("name", ["a\nb", "a\tb", "\0", "\x85", "\x1b[0m",
                                  "\u2028", "\u2029", "\udc80"])  # fmt: skip
def test_control_characters_are_no_text_and_stay(name):
    assert not names.is_text(names.normalized(name))


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("E\u0301pe\u0301e", "\u00c9p\u00e9e"),
        (" run ", "run"),
        ("a\u00a0b", "a b"),
        ("\u00a0run\u202f", "run"),
        ("\u3000\u8d70\u308b\u3000", "\u8d70\u308b"),
        ("\ufeffrun", "run"),
        ("r\u200bu\u2060n\u00ad", "run"),
        ("run\u200f\u202c", "run"),
        ("ru\u200dn\u200c", "run"),
        ("run\ufe0f", "run"),
        ("run\U000e0041\U000e0100", "run"),
        ("\u3164run\uffa0", "run"),
        ("e\u200d\u0301", "\u00e9"),
        ("\u0645\u06cc\u200c", "\u0645\u06cc"),
        ("\u304b\u3099", "\u304c"),
        ("\u200b \ufeff", ""),
        (FAMILY + "\ufe0f", FAMILY),
        ("\u2764\ufe0f\u200d\U0001f525", "\u2764\u200d\U0001f525"),
        ("\u2764\ufe0f", "\u2764"),
        ("\u2764\ufe0e", "\u2764"),
        ("\U0001f44d\ufe0f a", "\U0001f44d a"),
        ("1\ufe0f\u20e3", "1\u20e3"),
        ("\u25b6\ufe0f\u8d70", "\u25b6\u8d70"),
        ("\U0001f3f4\ufe0f" + ENGLAND[1:], ENGLAND),
        (FAMILY + "\u200d", FAMILY),
        ("a\u200d\U0001f525", "a\U0001f525"),
        ("\U0001f525\u200c\U0001f525", "\U0001f525\U0001f525"),
        ("\ud55c\U000e0041", "\ud55c"),
        ("\U0001f3f4\U000e0067", "\U0001f3f4"),
        ("\u2800run\u2800", "run"),
        ("\u115f\u1160run\u1160", "run"),
        ("\u180b\u180frun", "run"),
        ("ru\u17b5n", "run"),
        ("ru\ufff0\U000e0001\U000e0fffn", "run"),
    ],
)
def test_what_is_equal_to_the_eye_is_one_name(name, wanted):
    assert names.normalized(name) == wanted


@pytest.mark.parametrize(
    "blank",
    [
        *"\u115f\u1160\u3164\uffa0\u2800\u3000\u200d\ufe0f\ufe00\u180b\u034f",
        *"\u17b4\u1680\U0001d159\U0001d173\U0001bca0\U00016fe4\U000e0100",
        "\u2800 \u1160\u200d",
    ],
)
def test_nothing_is_left_where_nothing_is_seen(blank):
    assert names.normalized(blank) == ""


@given(st.text(st.sampled_from("".join(MEANT) + "\u200b\ufe0f\u1160\u2800 e")))
def test_any_normalized_name_stays(name):
    once = names.normalized(name)
    assert names.normalized(once) == once


@pytest.mark.parametrize(
    "name",
    [
        *MEANT,
        "\u212a\u200d",
        " \u200c \u0301",
        "\u3000\ufe0fe\u0301",
        "a\u200d \u200c",
    ],
)
def test_a_normalized_name_stays(name):
    once = names.normalized(name)
    assert names.normalized(once) == once
