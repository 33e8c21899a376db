"""Escapes file names and other external text for safe printing.

A file name may hold any bytes: invalid UTF-8, line breaks, codes that move
the cursor or change the direction of text. Files are opened under their true
names; only displayed text passes through here.
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
    r"""Returns a path or label on one line, escaped where necessary.

    Args:
        value: any object; its `str` is used.

    Returns:
        Valid UTF-8 text. Invalid bytes become `\xff`, line breaks `\n`,
        other invisible characters `\x1b`, `\u202e`.
    """
    return _escaped(str(value), kept="")


def text(value: object) -> str:
    """Same as `name`, but keeps line breaks and tabs."""
    return _escaped(str(value), kept=_KEPT_IN_TEXTS)


def quoted(value: str | list[str]) -> str:
    """Quotes a text like `repr`, but keeps all visible characters.

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
    r"""Returns a path for formats that do their own quoting (JSON, CSV).

    Returns:
        The path, with invalid UTF-8 bytes as `\xff`.
    """
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def is_unicode(value: str) -> bool:
    """Whether a text can be encoded as UTF-8."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


class Guarded:
    """A text stream that escapes characters harmful to terminals.

    Also escapes characters outside the stream's encoding. Delegates
    everything else to the stream.

    Attributes:
        unguarded: the stream itself, for code that controls the terminal.
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
    """Guards standard output and standard error within the block."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (Guarded(stream) for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def unguarded(stream: TextIO) -> TextIO:
    """Returns the stream itself, guarded or not."""
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
