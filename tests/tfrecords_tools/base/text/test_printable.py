"""What is shown of names that would harm a terminal or a file."""

import io
import json
import os

import pytest

from tests.tfrecords_tools.fixtures import emoji
from tfrecords_tools.base.text import printable


@pytest.mark.parametrize(
    "plain",
    [
        "walk/a b.mp4",
        "سلام",
        "می\u200cخواهم",
        "नमस्ते",
        "打篮球\u3000球",
        "축구",
        "Épée",
        "👨\u200d👩\u200d👧",
        emoji.ENGLAND,
        f"{emoji.ENGLAND}{emoji.SCOTLAND} b",
        "\U0001f3f4\ufe0f" + emoji.ENGLAND[1:],
        "\U0001f44d\U0001f3fd" + emoji.tagged("x1")[1:],
        "\u0600\u0661\u0662",
        "\u0605",
        "\u06dd\u0663",
        "\u070f\u0710",
        "\u0890",
        "\u08e2",
        "\U000110bd",
        "\U000110cd",
        "\U00013171\U00013430\U000131cb",
        "\u1828\u180e\u1820",
    ],
)
def test_letters_of_any_language_stay(plain):
    assert printable.name(plain) == plain


@pytest.mark.parametrize(
    "harmful, shown",
    [
        ("a\nb", r"a\nb"),
        ("a\tb", r"a\tb"),
        ("a\rb", r"a\rb"),
        ("a\x1b[31mb", r"a\x1b[31mb"),
        ("a\x9b31mb", r"a\x9b31mb"),
        ("a\x7fb", r"a\x7fb"),
        ("a\u202egpj", r"a\u202egpj"),
        ("a\u2066b", r"a\u2066b"),
        ("a\u2028b", r"a\u2028b"),
        ("a\ufeffb", r"a\ufeffb"),
        ("a\u061cb", r"a\u061cb"),
        ("a\u200fb", r"a\u200fb"),
        ("a\u200bb", r"a\u200bb"),
        ("a\u00adb", r"a\xadb"),
        ("a\u180eb", r"a\u180eb"),
        ("a\U000e0067\U000e007f", r"a\U000e0067\U000e007f"),
        ("\U000e0067", r"\U000e0067"),
        ("\U0001f3f4\U000e0067", "\U0001f3f4" + r"\U000e0067"),
        ("\U0001f3f4\U000e007f", "\U0001f3f4" + r"\U000e007f"),
        ("\U000e0001b", r"\U000e0001b"),
        ("a\ufff9b", r"a\ufff9b"),
        (os.fsdecode(b"a\xffb"), r"a\xffb"),
        ("a\ud800b", r"a\ud800b"),
    ],
)
def test_what_cannot_be_seen_is_escaped(harmful, shown):
    assert printable.name(harmful) == shown


def test_text_hidden_in_very_many_tags_is_escaped():
    hidden = emoji.tagged("x" * 32)
    assert printable.name(hidden) != hidden


def test_a_text_keeps_its_lines():
    assert printable.text("a\n\tb\x1b") == "a\n\tb\\x1b"


def test_a_path_for_programs_keeps_all_that_unicode_can_hold():
    path = os.fsdecode(b"a\xff\n\x1b") + "سلام"
    assert printable.in_unicode(path) == "a\\xff\n\x1bسلام"
    json.dumps(printable.in_unicode(path), ensure_ascii=False).encode()


def test_a_guarded_stream_escapes_codes_of_the_terminal():
    stream = io.StringIO()
    print("a\x1b[2J\u202e", file=printable.Guarded(stream))
    assert stream.getvalue() == "a\\x1b[2J\\u202e\n"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_guarded_stream_writes_in_any_encoding(encoding):
    data = io.BytesIO()
    stream = io.TextIOWrapper(data, encoding=encoding)
    print(os.fsdecode(b"\xff") + "سلام", file=printable.Guarded(stream))
    stream.flush()
    shown = "سلام" if encoding == "utf-8" else r"\u0633\u0644\u0627\u0645"
    assert data.getvalue().decode(encoding) == f"\\xff{shown}\n"


def test_the_standard_streams_are_guarded_meanwhile(capsys):
    with printable.guarded_output():
        print("a\x1b")
    print("b\x1b")
    assert capsys.readouterr().out == "a\\x1b\nb\x1b\n"


@pytest.mark.parametrize(
    "plain",
    [emoji.ENGLAND, "👨\u200d👩\u200d👧", "می\u200cخواهم", "\u06dd\u0663"],
)
def test_letters_of_any_language_stay_within_quotes(plain):
    assert printable.quoted(plain) == f"'{plain}'"


@pytest.mark.parametrize(
    "value", ["a", "", "a'b", 'a"b', "a'\"b", "a\\b", "a\nb", "\x1b", "é\u202e"]
)
def test_other_text_is_quoted_as_python_does_it(value):
    assert printable.quoted(value) == repr(value)
    assert printable.quoted(f"é{value}") == repr(f"é{value}")


def test_texts_are_quoted_one_by_one():
    assert printable.quoted([emoji.ENGLAND, "a"]) == f"['{emoji.ENGLAND}', 'a']"
