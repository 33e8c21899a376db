"""Tags: invisible characters that distinguish flags of regions.

The flag of England is a black flag, the tags `gbeng` and an end tag. Anywhere
else tags show nothing and mean nothing. Source: Unicode Technical Standard
51, "emoji tag sequences".
"""

import re

FIRST, LAST = "\U000e0020", "\U000e007f"
_ASCII = 0xE0000  # A tag is a character of ASCII, so much further up.
# A text could be hidden in any number of them.
SEQUENCE = re.compile(
    "[\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff]\ufe0f?"
    "[\U0001f3fb-\U0001f3ff]?[\U000e0020-\U000e007e]{1,31}\U000e007f"
)
_ANY = re.compile(f"({SEQUENCE.pattern})|[{FIRST}-{LAST}]")


def is_tag(character: str) -> bool:
    """Whether a character is a tag, or the end of tags."""
    return FIRST <= character <= LAST


def without_stray(text: str) -> str:
    """Removes tags that belong to no emoji."""
    return _ANY.sub(lambda found: found[1] or "", text)


def letters(text: str) -> str:
    """Returns `gbeng` for the tags in a text, without the end tag."""
    return "".join(
        chr(ord(c) - _ASCII) for c in text if is_tag(c) and c != LAST
    )
