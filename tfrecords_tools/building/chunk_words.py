"""Assigns each word of a clip to the one chunk in which it starts."""

import collections
from collections.abc import Iterable
from typing import NamedTuple

from tfrecords_tools import annotations


class Timed(NamedTuple):
    """A word or sentence with its span, microseconds."""

    text: str
    start: int
    end: int


class ChunkWords:
    """The words of a clip, returned once each, in order of time."""

    def __init__(self, words: Iterable[annotations.Word], start: int) -> None:
        """Sets the words and the start of the clip, microseconds."""
        timed = (
            Timed(
                word.text,
                round(word.start_seconds * 1_000_000),
                round(word.end_seconds * 1_000_000),
            )
            for word in words
        )
        heard = [word for word in timed if word.end > start]
        self._left = collections.deque(sorted(heard, key=lambda w: w[1:]))

    def until(self, end: int) -> list[Timed]:
        """Returns the remaining words that start before `end`."""
        given = []
        while self._left and self._left[0].start < end:
            given.append(self._left.popleft())
        return given
