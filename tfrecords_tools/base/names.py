"""Names that people give: labels, splits, groups, tasks, files.

What is equal to the eye is equal here, however it is encoded: macOS writes
`é` as two characters, spreadsheets leave marks that nobody sees.
"""

import re
import unicodedata

# Soft hyphen, combining grapheme joiner, Arabic letter mark, zero-width
# space, marks of direction, word joiner and its like, byte order mark.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb]"
)
# Hangul fillers, too, which show as a space.
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3164\uffa0]")
# Joiners, variation selectors and tags are part of words and emoji; beside
# letters such as Latin, Greek and Cyrillic, and beside nothing, they change
# nothing.
_IDLE = re.compile(
    "(?:(?<=[\0-\u058f])|^)"
    "[\u200c\u200d\ufe00-\ufe0f\U000e0020-\U000e007f\U000e0100-\U000e01ef]+"
    "(?=[\0-\u058f]|$)"
)
_BLANKS = " \u3000\u200c"
_MEANT_BY_NOBODY = frozenset(("Cc", "Cs", "Zl", "Zp"))


def normalized(name: str) -> str:
    """The form in which names are compared and stored.

    Args:
        name: as somebody wrote it.

    Returns:
        NFC, with plain spaces for other spaces of about their width, without
        blanks at the ends and without characters that nothing shows. Joiners
        and variation selectors stay where scripts and emoji need them, and
        so does the ideographic space within a name.
    """
    if name.isascii():
        return name.strip(" ")
    while (tidied := _tidied(name)) != name:
        name = tidied
    return name


def _tidied(name: str) -> str:
    """One pass: what it takes away can leave something new at an end."""
    name = unicodedata.normalize("NFC", name)
    name = _INVISIBLE.sub("", _SPACES.sub(" ", name))
    name = _IDLE.sub("", name.strip(_BLANKS))
    return unicodedata.normalize("NFC", name)


def is_text(name: str) -> bool:
    """Whether there is nothing in it that no name can mean.

    That is control characters, so also tabs and line breaks, separators of
    lines and paragraphs, and lone surrogates.
    """
    return not any(
        unicodedata.category(character) in _MEANT_BY_NOBODY
        for character in name
    )
