"""Turns captions or spoken words into numbers of a fixed length.

Which words or pieces there are was settled when the shards were built, with
`--words.size` and `--words.kind`; the manifest lists them.
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import NamedTuple

import tensorflow as tf

from pipelines.text import text_folding, text_pieces
from tfrecords_tools import manifest as manifests
from tfrecords_tools.base import errors, settings

# What a text tower expects, whatever the vocabulary.
PADDING = 0
UNKNOWN = 1
START = 2
END = 3
FIRST = 4  # The vocabulary's first entry.


@dataclasses.dataclass(frozen=True)
class Config:
    """Which text is read, and how it becomes numbers."""

    tokens: str = settings.setting(
        "none",
        "What a number stands for: nothing, so that no text is read; words; "
        "or pieces of words.",
        choices=("none", "words", "pieces"),
    )
    source: str = settings.setting(
        "caption",
        "caption: the clip's sentence; words: what is said during the frames "
        "that are seen.",
        choices=("caption", "words"),
    )
    length: int = settings.setting(
        32,
        "Numbers a clip, with those for start and end; what is longer is "
        "cut, what is shorter is filled up.",
        minimum=3,
    )
    lower_case: bool = settings.setting(
        True, "Read text and vocabulary in lower case."
    )
    remove_punctuation: bool = settings.setting(
        True,
        "Read blanks for punctuation, also in the vocabulary; don't and 3.5 "
        "stay.",
    )


class Text(NamedTuple):
    """What is written and said about one clip.

    Attributes:
        caption: string [].
        words: string [k], words or sentences.
        word_times: int64 [k], where they begin, microseconds.
        word_lengths: int64 [k], how long they last, microseconds.
        span: int64 [2], start of the first and end of the last frame that
            is seen, microseconds.
    """

    caption: tf.Tensor
    words: tf.Tensor
    word_times: tf.Tensor
    word_lengths: tf.Tensor
    span: tf.Tensor


def vocabulary(config: Config, manifest: manifests.Manifest) -> tuple[str, ...]:
    """What the numbers from `FIRST` on stand for; calls TensorFlow eagerly.

    Entries that differ only in what `config` takes away are one.

    Raises:
        UserError: the shards do not hold what is asked for.
    """
    if config.tokens == "none":
        return ()
    _check(config, manifest)
    listed = manifest.vocabulary
    if config.tokens == "pieces":
        marks, bare = text_pieces.without_marks(listed)
        # Punctuation separates nothing here: pieces are parts of words.
        entries = tf.strings.join([marks, _folded(config, bare, parts=True)])
    else:
        entries = tf.strings.split(_folded(config, tf.constant(listed))).values
    return tuple(dict.fromkeys(entry.decode() for entry in entries.numpy()))


def build(
    config: Config, manifest: manifests.Manifest
) -> Callable[[Text], dict[str, tf.Tensor]]:
    """Makes the function that gives a clip its tokens.

    Args:
        config: which text, and how long.
        manifest: of the shards.

    Returns:
        A function of a `Text` that gives `tokens`, int32 [length]: `START`,
        the text's, `END`, then `PADDING`; and `tokens_mask`, float32
        [length], 0 for padding. It gives nothing where `config` asks for
        none.

    Raises:
        UserError: the shards do not hold what is asked for.
    """
    if config.tokens == "none":
        return lambda text: {}
    known = vocabulary(config, manifest)
    if config.tokens == "pieces":
        numbers = text_pieces.build(known, FIRST, UNKNOWN)
    else:
        ids = {word: FIRST + place for place, word in enumerate(known)}
        numbers = _lookup(ids)
    read = _caption if config.source == "caption" else _said
    most = config.length - 2

    def tokens(text: Text) -> dict[str, tf.Tensor]:
        words = tf.strings.split(_folded(config, read(text)))
        found = numbers(words[:most])[:most]
        found = tf.concat([[START], found, [END]], axis=0)
        count = tf.size(found)
        padded = tf.pad(found, [[0, config.length - count]])
        return {
            "tokens": tf.ensure_shape(padded, (config.length,)),
            "tokens_mask": tf.sequence_mask(count, config.length, tf.float32),
        }

    return tokens


def _lookup(numbers: Mapping[str, int]) -> Callable[[tf.Tensor], tf.Tensor]:
    """A function of string [...] that gives int32 [...].

    Its table is written out with a graph that uses it, so that workers of
    `tf.data`'s service have it too.
    """
    known = {"": UNKNOWN, **numbers}  # A table may not be empty.
    # A caption of 12 words took 34 us; by hashes and tf.searchsorted, 87.
    entries = tf.lookup.KeyValueTensorInitializer(
        list(known), list(known.values()), tf.string, tf.int32
    )
    return tf.lookup.StaticHashTable(entries, UNKNOWN).lookup


def _caption(text: Text) -> tf.Tensor:
    return text.caption


def _said(text: Text) -> tf.Tensor:
    """string [], what is said within the span, in order of time."""
    order = tf.argsort(text.word_times, stable=True)
    words, starts, lengths = (
        tf.gather(each, order)
        for each in (text.words, text.word_times, text.word_lengths)
    )
    within = (starts < text.span[1]) & (starts + lengths > text.span[0])
    return tf.strings.reduce_join(words[within], separator=" ")


def _folded(config: Config, text: tf.Tensor, parts: bool = False) -> tf.Tensor:
    """Without what `config` takes away; of parts of words only spelling."""
    if config.lower_case:
        text = text_folding.lower_case(text)
    if config.remove_punctuation and parts:
        return text_folding.plain_apostrophes(text)
    if config.remove_punctuation:
        return text_folding.without_punctuation(text)
    return text


def _check(config: Config, manifest: manifests.Manifest) -> None:
    flag = f"--text.tokens={config.tokens}"
    if not manifest.vocabulary:
        raise errors.UserError(
            f"{flag}: the shards hold no vocabulary; build them again with "
            f"--words.size=10000 --words.kind={config.tokens}"
        )
    kind = manifest.settings.get("words", {}).get("kind", "words")
    if kind != config.tokens:
        raise errors.UserError(
            f"{flag}: the shards hold a vocabulary of {kind}; wanted "
            f"--text.tokens={kind}, or shards built with "
            f"--words.kind={config.tokens}"
        )
    if config.source == "words" and "words" not in manifest.extras:
        raise errors.UserError(
            "--text.source=words: the shards hold no timed words; wanted "
            "--text.source=caption, or shards built with "
            "--source=transcripts"
        )
