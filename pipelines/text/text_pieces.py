"""Splits words into wordpieces of a vocabulary, longest match first."""

from collections.abc import Callable, Sequence

import tensorflow as tf

from tfrecords_tools.base import errors

CONTINUES = "##"  # Prefix of all wordpieces of a word except the first.

LONGEST_BYTES = 256  # 64 characters, the longest counted word.
_NO_WORD = " "  # Words have no white space.


def build(
    wordpieces: Sequence[str], first_id: int, unknown: int
) -> Callable[[tf.Tensor], tf.Tensor]:
    """Builds the function that splits words.

    Its graph has an op of tensorflow-text. A process that receives the graph,
    such as a worker of the tf.data service, must import tensorflow-text first.

    Source: WordPiece as in BERT, arXiv:1810.04805, by LinMaxMatch,
    arXiv:2012.15524. Differs: punctuation is not split off words.

    Args:
        wordpieces: the vocabulary, without duplicates; wordpieces within a word
            have the prefix `CONTINUES`. A word with that spelling matches
            them, too.
        first_id: id of the first wordpiece.
        unknown: id, below `first_id`, of words that the vocabulary cannot
            spell, and of words of more than 256 bytes.

    Returns:
        A function from words, string [W], to the ids of their wordpieces in
        order, int32 [wordpieces]; at least one for each word.

    Raises:
        UserError: tensorflow-text is not installed.
    """
    try:
        import tensorflow_text
    except ImportError as error:
        raise errors.UserError(
            "--text.tokens=pieces needs tensorflow-text: pip install "
            "'video-models[text]', or use shards built with "
            "--words.kind=words"
        ) from error
    reserved = [f"{_NO_WORD}{number}" for number in range(first_id)]
    tokenizer = tensorflow_text.FastWordpieceTokenizer(
        [*reserved, *wordpieces],
        suffix_indicator=CONTINUES,
        max_bytes_per_word=LONGEST_BYTES,
        token_out_type=tf.int32,
        unknown_token=reserved[unknown],
        no_pretokenization=True,
    )
    return lambda words: tokenizer.tokenize(words).values


def without_marks(wordpieces: Sequence[str]) -> tuple[list[str], list[str]]:
    """Splits wordpieces into their prefix, `CONTINUES` or "", and their text.

    The prefix alone counts as text: a word may start with these characters.
    """
    marks = [
        CONTINUES if p.startswith(CONTINUES) and p != CONTINUES else ""
        for p in wordpieces
    ]
    texts = [p[len(m) :] for p, m in zip(wordpieces, marks, strict=True)]
    return marks, texts
