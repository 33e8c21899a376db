"""Normalizes names given by users: labels, splits, groups, tasks, files.

Names that look equal are equal, however they are encoded: macOS writes `é` as
two characters, spreadsheets leave invisible marks.
"""

import re
import unicodedata

from tfrecords_tools.base.text import emoji_tags

# Soft hyphen, combining grapheme joiner, Arabic letter mark, Khmer inherent
# vowels, zero-width space, marks of direction, word joiner and its like, byte
# order mark, room for such to come. Selectors of text or emoji, too: keyboards
# and programs write them or not.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufe0e\ufe0f\ufeff\ufff0-\ufffb\U000e0000-\U000e001f"
    "\U000e0080-\U000e00ff\U000e01f0-\U000e0fff]"
)
# Hangul fillers, too, which show as a space.
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3164\uffa0]")
# Joiners and other variation selectors are part of words and emoji; beside
# letters such as Latin, Greek and Cyrillic, and beside nothing, they change
# nothing. Nor do joiners on one side of an emoji.
_EMOJI = "\u203c-\u2bff\U0001f000-\U0001faff"
_IDLE = re.compile(
    "(?:(?<=[\0-\u058f])|^)"
    "[\u200c\u200d\ufe00-\ufe0d\U000e0100-\U000e01ef]+"
    "(?=[\0-\u058f]|$)"
    f"|(?<=[{_EMOJI}])(?:\u200c|\u200d+(?![\u200d{_EMOJI}]))"
    f"|(?:(?<=[\0-\u058f])|^)[\u200c\u200d]+(?=[{_EMOJI}])"
)
# Within a name, fillers of old Korean, Ogham spaces, empty Braille cells and
# what arranges music and shorthand have their meaning.
_BLANKS = " \u115f\u1160\u1680\u200c\u2800\u3000\U00016fe4\U0001d159" + "".join(
    map(chr, (*range(0x1BCA0, 0x1BCA4), *range(0x1D173, 0x1D17B)))
)
# Selectors, which choose the glyph of the character before.
_SELECTORS = "".join(
    map(
        chr,
        (
            *range(0x180B, 0x1810),
            *range(0xFE00, 0xFE10),
            *range(0xE0100, 0xE01F0),
        ),
    )
)
_MEANT_BY_NOBODY = frozenset(("Cc", "Cs", "Zl", "Zp"))


def normalized(name: str) -> str:
    """Returns the form in which names are compared and stored.

    Args:
        name: as written.

    Returns:
        NFC, with plain spaces for other spaces of about their width, without
        blanks at the ends and without characters that nothing shows. Joiners,
        tags and variants of letters stay where scripts and emoji need them,
        and so does the ideographic space within a name. Whether an emoji was
        asked for in colours (U+FE0F) or as text (U+FE0E) makes no other name.
    """
    if name.isascii():
        return name.strip(" ")
    while (tidied := _tidied(name)) != name:
        name = tidied
    return name


def _tidied(name: str) -> str:
    """One pass; removals can expose new characters at the ends."""
    name = unicodedata.normalize("NFC", name)
    name = _INVISIBLE.sub("", _SPACES.sub(" ", name))
    name = emoji_tags.without_stray(name)
    name = _IDLE.sub("", name.strip(_BLANKS).lstrip(_SELECTORS))
    return unicodedata.normalize("NFC", name)


def is_text(name: str) -> bool:
    """Whether a name has no characters that are invalid in names.

    Invalid are control characters, including tabs and line breaks, line and
    paragraph separators, and lone surrogates.
    """
    return not any(
        unicodedata.category(character) in _MEANT_BY_NOBODY
        for character in name
    )
