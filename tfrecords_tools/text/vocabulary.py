"""Counts words, or learns word pieces, of the training texts."""

import collections
import dataclasses
import math
from collections.abc import Iterable, Iterator

from tfrecords_tools import annotations
from tfrecords_tools.base import settings
from tfrecords_tools.text import text_cleaning, word_pieces

_LONGEST = 64  # Characters; longer ones are links, and the manifest is small.


@dataclasses.dataclass(frozen=True)
class Config:
    """Words or word pieces to store in the manifest."""

    size: int = settings.setting(
        0,
        "Vocabulary size: words, or word pieces, of the training captions "
        "to store in the manifest; 0 stores none.",
        minimum=0,
        maximum=200_000,
    )
    kind: str = settings.setting(
        "words",
        "words: the most frequent words; pieces: WordPiece, which keeps "
        "frequent words whole and splits rare ones.",
        choices=("words", "pieces"),
    )
    minimum_count: int = settings.setting(
        1,
        "Minimum count of a word; rarer words are ignored, also for "
        "learning pieces.",
        minimum=1,
    )


def count(config: Config, texts: Iterable[str]) -> tuple[str, ...]:
    """Returns the most frequent words, or learnt word pieces.

    Args:
        config: kind and size.
        texts: cleaned texts in any order, split into words at white space.
            Words of more than 64 characters are ignored.

    Returns:
        At most `size` words, most frequent first, ties by code point; or
        pieces in the order of `word_pieces.learn`.

    Raises:
        UserError: pieces need tensorflow-text, which is not installed.
    """
    if not config.size:
        return ()
    counts: collections.Counter[str] = collections.Counter()
    for text in texts:
        counts.update(w for w in text.split() if len(w) <= _LONGEST)
    often = {w: n for w, n in counts.items() if n >= config.minimum_count}
    if config.kind == "pieces":
        return word_pieces.learn(often, config.size)
    listed = sorted(often, key=lambda word: (-often[word], word))
    return tuple(listed[: config.size])


def training_texts(
    clips: Iterable[annotations.Clip], cleaning: text_cleaning.Config
) -> Iterator[str]:
    """Yields the cleaned texts and words of training clips.

    Words, which are given for the whole video, only count within the clip.
    """
    for clip in clips:
        if clip.split != "train":
            continue
        yield text_cleaning.clean(cleaning, clip.caption)
        # `caption` is the first of several.
        for caption in clip.captions[1:]:
            yield text_cleaning.clean(cleaning, caption.text)
        for question in clip.questions:
            yield text_cleaning.clean(cleaning, question.text)
            yield text_cleaning.clean(cleaning, question.answer)
        start, end = clip.start_seconds or 0, clip.end_seconds
        end = math.inf if end is None else end
        for word in clip.words:
            if word.start_seconds < end and word.end_seconds > start:
                yield text_cleaning.clean(cleaning, word.text)
