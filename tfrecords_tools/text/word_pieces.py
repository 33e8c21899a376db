"""Learns pieces of words from counted words, with tensorflow-text."""

import collections
from collections.abc import Iterable, Mapping

from tfrecords_tools.base import errors

CONTINUES = "##"  # Before each piece of a word but its first, as BERT has it.


def learn(counts: Mapping[str, int], size: int) -> tuple[str, ...]:
    """Learns WordPiece from the top down; imports TensorFlow.

    Source: `learn` of `tensorflow_text.tools.wordpiece_vocab`. Differs: the
    characters are half of the pieces at most, and stand first; there are never
    more than `size`.

    Args:
        counts: word to how often it occurs, in any order; no word is empty.
        size: pieces at most; somewhat fewer may come out.

    Returns:
        Characters, then longer pieces; all but a word's first begin with
        `CONTINUES`. A word with a character that is not listed teaches
        nothing longer.

    Raises:
        UserError: tensorflow-text is not installed.
    """
    try:
        from tensorflow_text.tools.wordpiece_vocab import (
            wordpiece_tokenizer_learner_lib as learner,
        )
    except ImportError as error:
        raise errors.UserError(
            "--words.kind=pieces wants tensorflow-text: pip install "
            "'video-models[text]', or take --words.kind=words"
        ) from error
    if not counts:
        return ()
    # Without bounds its search counts all pieces 16 times instead of 5.
    learnt = learner.learn(
        sorted(counts.items()),
        size,
        reserved_tokens=[],
        lower_thresh=_room_for(size, counts.values()),
        upper_thresh=_room_for(size, _endings(counts).values()),
        max_token_length=max(map(len, counts)),
        max_unique_chars=max(1, size // 4),  # Each begins and goes on.
        joiner=CONTINUES,
    )
    learnt.sort(key=lambda piece: len(piece.removeprefix(CONTINUES)) > 1)
    return tuple(learnt[:size])


def _room_for(size: int, counts: Iterable[int]) -> int:
    """The least threshold that no more than `size` of the counts reach."""
    ordered = sorted(counts, reverse=True)
    return ordered[size] + 1 if size < len(ordered) else 1


def _endings(counts: Mapping[str, int]) -> collections.Counter[str]:
    """All that could be a piece: whole words and what ends them."""
    endings: collections.Counter[str] = collections.Counter(counts)
    for word, times in counts.items():
        for start in range(1, len(word)):
            endings[CONTINUES + word[start:]] += times
    return endings
