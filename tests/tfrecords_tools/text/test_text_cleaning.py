import pytest

from tfrecords_tools import annotations
from tfrecords_tools.text import text_cleaning

PLAIN = text_cleaning.Config()
BARE = text_cleaning.Config(lower_case=True, remove_punctuation=True)
SAID = text_cleaning.Config(remove_annotations=True)


@pytest.mark.parametrize(
    "text, cleaned",
    [
        ("<i>Hello</i>", "Hello"),
        ('<font color="#fff">Hello</font>', "Hello"),
        ("<v Fred>Hello", "Hello"),
        ("<c.yellow.bg_blue>Hello</c>", "Hello"),
        ("Good <00:00:01.500>morning", "Good morning"),
        (r"{\an8}{\i1}Hello", "Hello"),
        (r"Good\Nmorning", "Good morning"),
        ("Good<br/>morning", "Good morning"),
        ("salt &amp; pepper", "salt & pepper"),
        ("&lt;b&gt; is a tag", "<b> is a tag"),
        ("a&nbsp;&nbsp;b", "a b"),
    ],
)
def test_markup_goes(text, cleaned):
    assert text_cleaning.clean(PLAIN, text) == cleaned


@pytest.mark.parametrize(
    "text", ["a < b and c > d", "I <3 you", "AT&T", "a {set}", "[x] (y) - z"]
)
def test_what_is_no_markup_stays(text):
    assert text_cleaning.clean(PLAIN, text) == text


def test_markup_can_be_kept():
    config = text_cleaning.Config(remove_markup=False)
    assert text_cleaning.clean(config, "<i>Hi</i> &amp;") == "<i>Hi</i> &amp;"


def test_meaning_is_kept_by_default():
    text = "US (United States), don't!"
    assert text_cleaning.clean(PLAIN, text) == text


def test_white_space_becomes_single_spaces():
    assert text_cleaning.clean(PLAIN, " a\t b\r\n\u00a0c ") == "a b c"


def test_invisible_characters_go():
    assert text_cleaning.clean(PLAIN, "\ufeffza\u00adpas\u200b") == "zapas"


def test_joiners_stay():
    family = "\U0001f468\u200d\U0001f467"
    assert text_cleaning.clean(PLAIN, family) == family


def test_accents_are_composed():
    assert text_cleaning.clean(PLAIN, "cafe\u0301") == "caf\u00e9"


@pytest.mark.parametrize(
    "text, cleaned",
    [
        ("[music] Hello", "Hello"),
        ("Hello (laughs (a lot))", "Hello"),
        ("\u266a La la \u266a", "La la"),
        ("- Hello.\n- Hi.", "Hello. Hi."),
        ("(MAN) - Hello", "Hello"),
        ("-5 degrees", "-5 degrees"),
        ("well-known", "well-known"),
        ("[applause]", ""),
    ],
)
def test_annotations_go_when_asked(text, cleaned):
    assert text_cleaning.clean(SAID, text) == cleaned


@pytest.mark.parametrize(
    "text, cleaned",
    [
        ("Don't stop, Jo!", "don't stop jo"),
        ("Don\u2019t", "don't"),
        ("'Yes', the dogs' owner said", "yes the dogs owner said"),
        ("At 10:30, pi is 3.14.", "at 10:30 pi is 3.14"),
        ("well-known", "well known"),
        ("¿Qué?", "qué"),
        ("...", ""),
    ],
)
def test_case_and_punctuation_go_when_asked(text, cleaned):
    assert text_cleaning.clean(BARE, text) == cleaned


def test_lower_case_stays_composed():
    lower = text_cleaning.clean(BARE, "J\u030c")
    assert lower == "\u01f0"


def test_words_keep_their_times():
    words = (annotations.Word("<b>Bin</b>", 0.5, 0.75),)
    cleaned = text_cleaning.clean_words(BARE, words)
    assert cleaned == (annotations.Word("bin", 0.5, 0.75),)


def test_words_of_which_nothing_is_left_go():
    words = (annotations.Word("[noise]", 0, 1), annotations.Word("a", 1, 2))
    cleaned = text_cleaning.clean_words(SAID, words)
    assert [word.text for word in cleaned] == ["a"]
