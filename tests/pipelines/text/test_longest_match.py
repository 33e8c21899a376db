import random

import pytest
import tensorflow as tf

from pipelines.text import longest_match, text_pieces
from tests import run_modes

PIECES = ("play", "##ing", "##i", "p", "##s", "\u6f22", "##\u00e9", "##", "é")
IDS = {piece: place + 4 for place, piece in enumerate(PIECES)}
LONGEST = max(len(piece.encode()) for piece in PIECES)


def lookup(pieces):
    keys, values = list(IDS), list(IDS.values())
    found = tf.fill(tf.shape(pieces), 1)
    for key, value in zip(keys, values, strict=True):
        found = tf.where(pieces == key.encode(), value, found)
    return found


OURS = longest_match.build(lookup, LONGEST, unknown=1)


def words():
    """Made of wordpieces, some with characters that none has."""
    drawn = random.Random(0)
    parts = [*(piece.removeprefix("##") for piece in PIECES), "##", "x"]
    made = ["".join(drawn.choices(parts, k=1 + n % 4)) for n in range(120)]
    return ["p" * 257, *(word for word in made if word)]


@run_modes.both
def test_pieces_are_those_of_tensorflow_text(run):
    theirs = text_pieces.build(PIECES, first_id=4, unknown=1)
    assert (
        run(OURS, words()).numpy().tolist() == theirs(words()).numpy().tolist()
    )


@pytest.mark.parametrize("given", [[], ["x" * 300]])
def test_texts_without_any_piece_are_split(given):
    found = OURS(tf.constant(given, tf.string, shape=(len(given),)))
    assert found.numpy().tolist() == [1] * len(given)
