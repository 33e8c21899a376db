"""Names of files and other text from outside, so that they print harmlessly.

A file name may hold any bytes: no UTF-8, line breaks, codes that move a
terminal's cursor or turn the direction of reading. Files are opened under
their true names; only what is shown of them passes through here.
"""

import contextlib
import os
import re
import sys
import unicodedata
from collections.abc import Iterator
from typing import Any, TextIO

from tfrecords_tools.base.text import emoji_tags

# Characters of the category Cf that are seen, or change what is: joiners in
# words and emoji, signs that stand around numbers of Arabic, Syriac and
# Kaithi, and those that arrange hieroglyphs.
_SEEN = re.compile(
    "[\u200c\u200d\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2"
    "\U000110bd\U000110cd\U00013430-\U0001343f]"
)
# The Mongolian vowel separator shapes the letter before it.
_WHOLE = re.compile(f"{emoji_tags.SEQUENCE.pattern}|[\u1820-\u18aa]\u180e")
# Nothing stands here, and nothing is shown: room for marks and tags to come.
_EMPTY = re.compile(
    "[\u2065\ufff0-\ufff8\U000e0000-\U000e001f\U000e0080-\U000e00ff"
    "\U000e01f0-\U000e0fff]"
)
_PLAIN = re.compile(r"[ -~]*")
# All that line breaks and tabs are needed for is kept in whole texts.
_KEPT_IN_TEXTS = "\n\t"
_HARMFUL = ("Cc", "Cf", "Cs", "Zl", "Zp")


def name(value: object) -> str:
    r"""A path or label on one line, escaped where it must be.

    Args:
        value: any object; its `str` is shown.

    Returns:
        Text that UTF-8 can hold. Bytes that are no UTF-8 are `\xff`, line
        breaks `\n`, other characters that cannot be seen `\x1b`, `\u202e`.
    """
    return _escaped(str(value), kept="")


def text(value: object) -> str:
    """The same of text with line breaks and tabs, which stay."""
    return _escaped(str(value), kept=_KEPT_IN_TEXTS)


def quoted(value: str | list[str]) -> str:
    """A text in quotes as `repr` gives it, but all that can be seen stays.

    Args:
        value: a text, or a list of them.
    """
    if not isinstance(value, str):
        return f"[{', '.join(map(quoted, value))}]"
    whole = repr(value)
    if value.isascii():
        return whole
    quote = whole[0]
    inner = value.replace("\\", "\\\\").replace(quote, f"\\{quote}")
    return f"{quote}{name(inner)}{quote}"


def in_unicode(path: str | os.PathLike) -> str:
    r"""A path for JSON, CSV and the like, which quote for themselves.

    Returns:
        The path as it is, but bytes that are no UTF-8 as `\xff`.
    """
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def is_unicode(value: str) -> bool:
    """Whether UTF-8 can hold a text; not where bytes of it are no UTF-8."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


class Guarded:
    """A text stream that escapes what would harm the terminal.

    It also escapes what the stream's encoding cannot hold. All else is the
    stream's own.

    Attributes:
        unguarded: the stream, for what sends codes to the terminal itself.
    """

    def __init__(self, stream: TextIO) -> None:
        """Guards a stream that is open for writing."""
        self.unguarded = stream

    def __getattr__(self, attribute: str) -> Any:
        return getattr(self.unguarded, attribute)

    def write(self, value: str) -> int:
        """Writes the text, escaped; returns the length that was given."""
        safe = text(value)
        encoding = getattr(self.unguarded, "encoding", None) or "utf-8"
        safe = safe.encode(encoding, "backslashreplace").decode(encoding)
        self.unguarded.write(safe)
        return len(value)

    def writelines(self, lines: Any) -> None:
        """Writes each text, escaped."""
        for line in lines:
            self.write(line)


@contextlib.contextmanager
def guarded_output() -> Iterator[None]:
    """Guards the standard output and the standard error meanwhile."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (Guarded(stream) for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def unguarded(stream: TextIO) -> TextIO:
    """The stream itself, whether it is guarded or not."""
    return getattr(stream, "unguarded", stream)


def _escaped(value: str, kept: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    displayed, place = [], 0
    for found in _WHOLE.finditer(value):
        displayed += [_shown(c, kept) for c in value[place : found.start()]]
        displayed.append(found.group())
        place = found.end()
    displayed += [_shown(c, kept) for c in value[place:]]
    return "".join(displayed)


def _shown(character: str, kept: str) -> str:
    if character in kept or not _is_harmful(character):
        return character
    return _escape(character)


def _is_harmful(character: str) -> bool:
    if unicodedata.category(character) in _HARMFUL:
        return not _SEEN.match(character)
    return bool(_EMPTY.match(character))


def _escape(character: str) -> str:
    if "\udc80" <= character <= "\udcff":  # A byte, by surrogateescape.
        return f"\\x{ord(character) - 0xDC00:02x}"
    return character.encode("unicode_escape").decode()
