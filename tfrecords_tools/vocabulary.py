"""Counts the words of the training split's captions and timed words."""

import collections
import dataclasses
import math
from collections.abc import Iterable, Iterator

from tfrecords_tools import annotations, text_cleaning
from tfrecords_tools.base import settings

_LONGEST = 64  # Characters; longer ones are links, and the manifest is small.


@dataclasses.dataclass(frozen=True)
class Config:
    """Which words the manifest lists."""

    size: int = settings.setting(
        0,
        "Words of the training captions to list in the manifest, the most "
        "frequent first; 0 counts none.",
        minimum=0,
        maximum=200_000,
    )
    minimum_count: int = settings.setting(
        1, "Rarer words are not listed.", minimum=1
    )


def count(config: Config, texts: Iterable[str]) -> tuple[str, ...]:
    """Lists the most frequent words.

    Args:
        config: how many at most.
        texts: cleaned texts; a word is what stands between white space. A
            word of more than 64 characters is not counted.

    Returns:
        Words, the most frequent first, equally frequent ones by code point;
        at most `size`.
    """
    if not config.size:
        return ()
    counts: collections.Counter[str] = collections.Counter()
    for text in texts:
        counts.update(w for w in text.split() if len(w) <= _LONGEST)
    often = [w for w, times in counts.items() if times >= config.minimum_count]
    often.sort(key=lambda word: (-counts[word], word))
    return tuple(often[: config.size])


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
