"""Cleans captions and timed words: markup, annotations, case, punctuation.

Always normalizes white space and Unicode (NFC). Removes markup by default;
options that could change the meaning are off.
"""

import dataclasses
import html
import re
import unicodedata

from tfrecords_tools import annotations
from tfrecords_tools.base import settings


@dataclasses.dataclass(frozen=True)
class Config:
    """What is removed from captions and words."""

    remove_markup: bool = settings.setting(
        True,
        "Remove HTML and WebVTT tags and ASS codes such as {\\an8}, and "
        "resolve entities such as &amp;.",
    )
    remove_annotations: bool = settings.setting(
        False,
        "Remove text that is not spoken: everything in brackets ([music], "
        "(laughs)), notes, and the dash before a speaker.",
    )
    lower_case: bool = settings.setting(False, "Convert text to lower case.")
    remove_punctuation: bool = settings.setting(
        False,
        "Replace punctuation by spaces, except apostrophes inside words "
        "(don't) and points inside numbers (3.5).",
    )


def clean(config: Config, text: str) -> str:
    """Cleans one text.

    Args:
        config: what to remove.
        text: any text, may have several lines.

    Returns:
        One line in NFC with single spaces; may be empty.
    """
    text = _INVISIBLE.sub("", text)
    if config.remove_markup:
        text = _without_markup(text)
    if config.remove_annotations:
        text = _without_annotations(text)
    text = unicodedata.normalize("NFC", text)
    if config.lower_case:
        # Lower case may need another normalization.
        text = unicodedata.normalize("NFC", text.lower())
    if config.remove_punctuation:
        text = _without_punctuation(text)
    return " ".join(_CONTROL.sub(" ", text).split())


def clean_words(
    config: Config, words: tuple[annotations.Word, ...]
) -> tuple[annotations.Word, ...]:
    """Cleans timed words; drops words that become empty."""
    cleaned = (word._replace(text=clean(config, word.text)) for word in words)
    return tuple(word for word in cleaned if word.text)


# Zero-width space, byte order mark, soft hyphen; joiners carry meaning.
_INVISIBLE = re.compile("[\u200b\ufeff\u00ad]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
# Only known names, so that `a < b` stays: HTML in subtitles, WebVTT's
# (https://www.w3.org/TR/webvtt1/) and its times.
_BREAK = re.compile(r"<[bB][rR]\s*/?>|\\N")
_TAG = re.compile(
    r"</?(?:[bius]|em|strong|c|v|font|span|p|div|ruby|rt|lang)"
    r"(?:\.[\w.-]+)?(?:\s[^<>]*)?/?>"
    r"|<(?:\d+:)?\d\d:\d\d\.\d{3}>",
    re.IGNORECASE,
)
_ASS_CODE = re.compile(r"\{\\[^{}]*\}")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,31});")
_BRACKETS = re.compile(r"\[[^\[\]]*\]|\([^()]*\)|（[^（）]*）|【[^【】]*】")
_NOTES = re.compile("[\u2669-\u266c]")
_SPEAKER_DASH = re.compile(r"^\s*[-\u2010-\u2015]+\s*(?![\s\d])", re.MULTILINE)
_APOSTROPHES = "'\u2019"


def _without_markup(text: str) -> str:
    text = _BREAK.sub("\n", text).replace(r"\h", " ")
    text = _ASS_CODE.sub("", _TAG.sub("", text))
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text)


def _without_annotations(text: str) -> str:
    found = 1
    while found:  # Brackets within brackets.
        text, found = _BRACKETS.subn(" ", text)
    return _SPEAKER_DASH.sub("", _NOTES.sub(" ", text))


def _without_punctuation(text: str) -> str:
    around = f" {text} "
    return "".join(
        _kept(*around[place - 1 : place + 2])
        for place in range(1, len(around) - 1)
    )


def _kept(before: str, character: str, after: str) -> str:
    """Returns the character, or a space for punctuation."""
    if not unicodedata.category(character).startswith("P"):
        return character
    if character in _APOSTROPHES and before.isalpha() and after.isalpha():
        return "'"  # One spelling of a word, whatever the keyboard.
    if character in ".,:" and before.isdigit() and after.isdigit():
        return character
    return " "
