"""Emoji and characters near them, by name."""

_CANCEL = "\U000e007f"


def tagged(letters: str) -> str:
    """The black flag with tags: `gbeng` is the flag of England."""
    tags = "".join(chr(0xE0000 + ord(letter)) for letter in letters)
    return f"\U0001f3f4{tags}{_CANCEL}"


ENGLAND, SCOTLAND = tagged("gbeng"), tagged("gbsct")
