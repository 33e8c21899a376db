"""Tokenizes captions or spoken words to a fixed length.

The manifest of the shards lists the vocabulary, which build_shards chose with
`--words.size` and `--words.kind`.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import tensorflow as tf

from pipelines import batch
from pipelines.text import (
    text_choice,
    text_folding,
    text_pieces,
    text_settings,
)
from tfrecords_tools import manifest as manifests
from tfrecords_tools.base import errors

Config = text_settings.Config

# Special token ids, the same for every vocabulary.
PADDING = 0
UNKNOWN = 1
START = 2
END = 3
FIRST = 4  # Of the first entry of the vocabulary.

SEVERAL = {"captions": "captions", "question": "questions"}
"""Sources of several texts, to what the shards hold for them."""


class Text(NamedTuple):
    """Texts and spoken words of one clip.

    Attributes:
        caption: string [].
        words: string [k], words or sentences.
        word_times: int64 [k], start times, microseconds.
        word_lengths: int64 [k], durations, microseconds.
        span: int64 [2], start of the first and end of the last sampled
            frame, microseconds.
        several: captions or questions, if they are the source.
    """

    caption: tf.Tensor
    words: tf.Tensor
    word_times: tf.Tensor
    word_lengths: tf.Tensor
    span: tf.Tensor
    several: text_choice.Texts | None = None


def vocabulary(config: Config, manifest: manifests.Manifest) -> tuple[str, ...]:
    """The tokens with ids from `FIRST` on; calls TensorFlow eagerly.

    Entries that are equal after folding (`lower_case`, `remove_punctuation`)
    are merged.

    Raises:
        UserError: the shards lack the requested text.
    """
    if config.tokens == "none":
        return ()
    _check(config, manifest)
    listed = manifest.vocabulary
    if config.tokens == "pieces":
        marks, bare = text_pieces.without_marks(listed)
        # Punctuation is no separator within wordpieces.
        entries = tf.strings.join([marks, _folded(config, bare, parts=True)])
    else:
        entries = tf.strings.split(_folded(config, tf.constant(listed))).values
    return tuple(dict.fromkeys(entry.decode() for entry in entries.numpy()))


def spec(config: Config, manifest: manifests.Manifest) -> batch.TextSpec | None:
    """Returns what a network gets of the text of a clip; None without tokens.

    Raises:
        UserError: the shards lack the requested text.
    """
    if config.tokens == "none":
        return None
    words = vocabulary(config, manifest)
    is_pieces = config.tokens == "pieces"
    return batch.TextSpec(config.length, FIRST + len(words), is_pieces, words)


def build(
    config: Config, manifest: manifests.Manifest
) -> Callable[[Text, tf.Tensor | None], dict[str, tf.Tensor]]:
    """Builds the function that tokenizes the text of a clip.

    Args:
        config: the text, and its tokenization.
        manifest: of the shards.

    Returns:
        A function from a `Text` and a seed, int64 [2], None in evaluation,
        to `tokens`, int32 [length]: `START`, tokens of the text, `END`, then
        `PADDING`; and `tokens_mask`, float32 [length], 0 for padding; and
        `has_text`, float32 [], 0 without any token of a text. All are absent
        with `tokens="none"`. Questions add `answer_tokens` and
        `answer_tokens_mask`. Several texts add in evaluation `all_tokens`
        [texts, length], `all_tokens_mask`, and `texts_mask` [texts], 0 for
        padding; of questions also `all_answer_tokens` and its mask.

    Raises:
        UserError: the shards lack the requested text.
    """
    if config.tokens == "none":
        return lambda text, seed=None: {}
    tokens = tokenizer(config, _numbers(config, manifest))
    if config.source in SEVERAL:
        return _of_several(config, tokens)
    read = _caption if config.source == "caption" else _said

    def entries(
        text: Text, seed: tf.Tensor | None = None
    ) -> dict[str, tf.Tensor]:
        return named(*tokens(read(text)))

    return entries


Numbers = Callable[[tf.Tensor], tf.Tensor]
"""From words, string [W], to the ids of their tokens, int32 [n]."""

Tokens = Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]]


def tokenizer(config: Config, numbers: Numbers) -> Tokens:
    """Builds the function that tokenizes one text.

    Args:
        config: the tokenization.
        numbers: of the vocabulary.

    Returns:
        A function from string [] to `tokens` and `tokens_mask`, see `build`.
    """
    most = config.length - 2

    def tokens(text: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        words = tf.strings.split(_folded(config, text))
        text_ids = numbers(words[:most])[:most]
        all_ids = tf.concat([[START], text_ids, [END]], axis=0)
        count = tf.size(all_ids)
        padded = tf.pad(all_ids, [[0, config.length - count]])
        return (
            tf.ensure_shape(padded, (config.length,)),
            tf.sequence_mask(count, config.length, tf.float32),
        )

    return tokens


def named(tokens: tf.Tensor, mask: tf.Tensor) -> dict[str, tf.Tensor]:
    """Names the tokens of a text, and adds `has_text`; see `build`."""
    has = tf.reduce_sum(mask) > 2.0  # More than start and end.
    return {
        "has_text": tf.cast(has, tf.float32),
        "tokens": tokens,
        "tokens_mask": mask,
    }


def count_tokens(
    config: Config, manifest: manifests.Manifest
) -> Callable[[tf.Tensor], tf.Tensor]:
    """Builds the function that counts the tokens of a text.

    Returns:
        A function from string [] to int32 [], with start and end.

    Raises:
        UserError: the shards lack the requested text.
    """
    return counter(config, _numbers(config, manifest))


def counter(config: Config, numbers: Numbers) -> Numbers:
    """Builds `count_tokens` for a vocabulary."""

    def count(text: tf.Tensor) -> tf.Tensor:
        return tf.size(numbers(tf.strings.split(_folded(config, text)))) + 2

    return count


def table(words: Sequence[str]) -> tf.lookup.StaticHashTable:
    """The table from the words of a vocabulary to their ids, int32.

    It is serialized with the graph, so that workers of the tf.data service
    have it.
    """
    ids = {word: FIRST + place for place, word in enumerate(words)}
    known = {"": UNKNOWN, **ids}  # A table must not be empty.
    # A caption of 12 words took 34 us; by hashes and tf.searchsorted, 87.
    entries = tf.lookup.KeyValueTensorInitializer(
        list(known), list(known.values()), tf.string, tf.int32
    )
    return tf.lookup.StaticHashTable(entries, UNKNOWN)


def _numbers(
    config: Config, manifest: manifests.Manifest
) -> Callable[[tf.Tensor], tf.Tensor]:
    """A function from words, string [W], to tokens int32 [n]."""
    known = vocabulary(config, manifest)
    if config.tokens == "pieces":
        return text_pieces.build(known, FIRST, UNKNOWN)
    return table(known).lookup


def _of_several(
    config: Config, tokens: Tokens
) -> Callable[[Text, tf.Tensor | None], dict[str, tf.Tensor]]:
    """The function of `build` for a source of several texts."""
    has_answers = config.source == "question"

    def all_of(name: str, texts: tf.Tensor) -> dict[str, tf.Tensor]:
        spec = (
            tf.TensorSpec((config.length,), tf.int32),
            tf.TensorSpec((config.length,), tf.float32),
        )
        found = tf.map_fn(tokens, texts, fn_output_signature=spec)
        return dict(zip((name, f"{name}_mask"), found, strict=True))

    def entries(
        text: Text, seed: tf.Tensor | None = None
    ) -> dict[str, tf.Tensor]:
        some = text_choice.within(text.several, text.span)
        one, answer = text_choice.choose(some, seed)
        found = named(*tokens(one))
        if has_answers:
            names = "answer_tokens", "answer_tokens_mask"
            found |= dict(zip(names, tokens(answer), strict=True))
        if seed is None:
            every, found["texts_mask"] = text_choice.pad(
                some.texts, config.texts
            )
            found |= all_of("all_tokens", every)
        if seed is None and has_answers:
            answers, _ = text_choice.pad(some.answers, config.texts)
            found |= all_of("all_answer_tokens", answers)
        return found

    return entries


def _caption(text: Text) -> tf.Tensor:
    return text.caption


def _said(text: Text) -> tf.Tensor:
    """string [], words spoken within the span, in order of time."""
    order = tf.argsort(text.word_times, stable=True)
    words, starts, lengths = (
        tf.gather(each, order)
        for each in (text.words, text.word_times, text.word_lengths)
    )
    within = (starts < text.span[1]) & (starts + lengths > text.span[0])
    return tf.strings.reduce_join(words[within], separator=" ")


def _folded(config: Config, text: tf.Tensor, parts: bool = False) -> tf.Tensor:
    """Folds text as `config` says; of wordpieces only case and spelling."""
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
            f"{flag}: the shards have no vocabulary; build them again with "
            f"--words.size=10000 --words.kind={config.tokens}"
        )
    kind = manifest.settings.get("words", {}).get("kind", "words")
    if kind != config.tokens:
        raise errors.UserError(
            f"{flag}: the shards have a vocabulary of {kind}; wanted "
            f"--text.tokens={kind}, or shards built with "
            f"--words.kind={config.tokens}"
        )
    needed = SEVERAL.get(config.source)
    if needed and needed not in manifest.extras:
        raise errors.UserError(
            f"--text.source={config.source}: the shards have no {needed}; "
            "wanted --text.source=caption, or shards built from a table with "
            f"the column {config.source}"
        )
    if config.source == "words" and "words" not in manifest.extras:
        raise errors.UserError(
            "--text.source=words: the shards have no timed words; wanted "
            "--text.source=caption, or shards built with "
            "--source=transcripts"
        )
