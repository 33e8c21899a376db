"""Lists the words, or pieces of them, of the training split's texts."""

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
    """Which words or pieces the manifest lists."""

    size: int = settings.setting(
        0,
        "Words, or pieces of words, of the training captions to list in the "
        "manifest; 0 lists none.",
        minimum=0,
        maximum=200_000,
    )
    kind: str = settings.setting(
        "words",
        "words: the most frequent; pieces: of words, learnt so that frequent "
        "words stay whole and rare ones can be put together.",
        choices=("words", "pieces"),
    )
    minimum_count: int = settings.setting(
        1, "Rarer words are not listed, and teach no pieces.", minimum=1
    )


def count(config: Config, texts: Iterable[str]) -> tuple[str, ...]:
    """Lists the most frequent words, or learns pieces of words.

    Args:
        config: which, and how many at most.
        texts: cleaned texts in any order; a word is what stands between
            white space. A word of more than 64 characters is not counted.

    Returns:
        Words, the most frequent first, equally frequent ones by code point;
        or pieces as `word_pieces.learn` says; at most `size`.

    Raises:
        UserError: pieces want tensorflow-text, which is not installed.
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
    """The cleaned captions and words of the clips whose split is train.

    Of the words, which are those of the whole video, only those said within
    the clip.
    """
    for clip in clips:
        if clip.split != "train":
            continue
        yield text_cleaning.clean(cleaning, clip.caption)
        start, end = clip.start_seconds or 0, clip.end_seconds
        end = math.inf if end is None else end
        for word in clip.words:
            if word.start_seconds < end and word.end_seconds > start:
                yield text_cleaning.clean(cleaning, word.text)
