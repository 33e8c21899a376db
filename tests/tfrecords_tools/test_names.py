import pytest

from tfrecords_tools.base import names

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
    "\u2764\ufe0f\u200d\U0001f525",
    "1\ufe0f\u20e3",
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
    ],
)
def test_what_is_equal_to_the_eye_is_one_name(name, wanted):
    assert names.normalized(name) == wanted


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
