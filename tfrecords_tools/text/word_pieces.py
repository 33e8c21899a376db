"""Learns word pieces (WordPiece) from counted words, with tensorflow-text."""

import collections
from collections.abc import Iterable, Mapping

from tfrecords_tools.base import errors

CONTINUES = "##"  # Before each piece of a word but its first, as BERT has it.


def learn(counts: Mapping[str, int], size: int) -> tuple[str, ...]:
    """Learns WordPiece top-down; imports TensorFlow.

    Source: `learn` of `tensorflow_text.tools.wordpiece_vocab`. Differs: at
    most half of the pieces are characters, which come first; never returns
    more than `size` pieces.

    Args:
        counts: word to count, in any order; no word is empty.
        size: maximum number of pieces; the result may be smaller.

    Returns:
        Characters, then longer pieces; all except a word's first start with
        `CONTINUES`. Words with an unlisted character teach no longer piece.

    Raises:
        UserError: tensorflow-text is not installed.
    """
    try:
        from tensorflow_text.tools.wordpiece_vocab import (
            wordpiece_tokenizer_learner_lib as learner,
        )
    except ImportError as error:
        raise errors.UserError(
            "--words.kind=pieces needs tensorflow-text: pip install "
            "'video-models[text]', or use --words.kind=words"
        ) from error
    if not counts:
        return ()
    # Without bounds the search counts all pieces 16 times instead of 5.
    learnt = learner.learn(
        sorted(counts.items()),
        size,
        reserved_tokens=[],
        lower_thresh=_room_for(size, counts.values()),
        upper_thresh=_room_for(size, _endings(counts).values()),
        max_token_length=max(map(len, counts)),
        max_unique_chars=max(1, size // 4),  # Each starts and continues words.
        joiner=CONTINUES,
    )
    learnt.sort(key=lambda piece: len(piece.removeprefix(CONTINUES)) > 1)
    return tuple(learnt[:size])


def _room_for(size: int, counts: Iterable[int]) -> int:
    """Returns the lowest threshold that at most `size` counts reach."""
    ordered = sorted(counts, reverse=True)
    return ordered[size] + 1 if size < len(ordered) else 1


def _endings(counts: Mapping[str, int]) -> collections.Counter[str]:
    """Yields all possible pieces: words and their suffixes."""
    endings: collections.Counter[str] = collections.Counter(counts)
    for word, times in counts.items():
        for start in range(1, len(word)):
            endings[CONTINUES + word[start:]] += times
    return endings
