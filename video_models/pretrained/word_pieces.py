"""Gives the tokens of shards the vectors of a public vocabulary of pieces."""

import json
import pathlib
import zipfile
from collections.abc import Mapping, Sequence

import numpy as np

from tfrecords_tools.base import errors

_FILES = ("tokenizer.json", "vocab.txt")
# Of padding, unknown, start and end: the special tokens of shards, in order.
_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
_CONTINUES = "##"


def read(weights: pathlib.Path) -> dict[str, int]:
    """Reads the vocabulary that lies beside a file of weights.

    Args:
        weights: the file; a ZIP archive holds the vocabulary itself.

    Returns:
        Row of each word piece; pieces within a word begin with `##`.

    Raises:
        UserError: there is none, or it is damaged.
    """
    name, content = _content(weights)
    try:
        if name.endswith(".json"):
            found = json.loads(content)["model"]["vocab"]
            pieces = {piece: int(row) for piece, row in found.items()}
        else:
            lines = content.decode().splitlines()
            pieces = {piece: row for row, piece in enumerate(lines)}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise errors.UserError(
            f"{name} of {weights} is no vocabulary of word pieces: {error!r}"
        ) from error
    missing = [piece for piece in _SPECIAL if piece not in pieces]
    if missing:
        raise errors.UserError(
            f"{name} of {weights} lacks {missing[0]}: wanted the vocabulary "
            "of BERT"
        )
    return pieces


def _content(weights: pathlib.Path) -> tuple[str, bytes]:
    """Name and content of the vocabulary."""
    if weights.suffix == ".zip":
        with zipfile.ZipFile(weights) as archive:
            for name in archive.namelist():
                if pathlib.PurePath(name).name in _FILES:
                    return name, archive.read(name)
    else:
        for name in _FILES:
            if (weights.parent / name).is_file():
                return name, (weights.parent / name).read_bytes()
    raise errors.UserError(
        f"no {' or '.join(_FILES)} beside {weights}: the words of the shards "
        "need the vocabulary of the weights; put it into the same folder"
    )


def select_rows(
    table: np.ndarray,
    wordpieces: Mapping[str, int],
    words: Sequence[str],
    specials: int,
) -> np.ndarray:
    """Returns the vectors of the tokens of shards.

    Args:
        table: float32 [wordpieces, C].
        wordpieces: row of each piece, as `read` returns them.
        words: words or word pieces of the shards.
        specials: number of special tokens before them.

    Returns:
        float32 [specials + words, C]: of special tokens, those of BERT's; of a
        word, the mean of its wordpieces, longest first.
    """
    special = [wordpieces[name] for name in _SPECIAL[:specials]]
    special += [wordpieces["[UNK]"]] * (specials - len(special))
    rows = [[row] for row in special]
    rows += [_split(word, wordpieces) for word in words]
    return np.stack([table[each].mean(axis=0) for each in rows])


def _split(word: str, wordpieces: Mapping[str, int]) -> list[int]:
    """Rows of the pieces of a word; that of `[UNK]` if they cannot spell it."""
    if word in wordpieces:
        return [wordpieces[word]]
    found, rest = [], word
    while rest and rest != _CONTINUES:
        ends = range(len(rest), 0, -1)
        end = next((end for end in ends if rest[:end] in wordpieces), 0)
        if not end or rest[:end] == _CONTINUES:
            return [wordpieces["[UNK]"]]
        found.append(wordpieces[rest[:end]])
        rest = _CONTINUES + rest[end:]
    return found or [wordpieces["[UNK]"]]
