"""Cuts words into the pieces of a vocabulary, the longest that fits first."""

from collections.abc import Callable, Sequence

import tensorflow as tf

from tfrecords_tools.base import errors

CONTINUES = "##"  # Before each piece of a word but its first.

_LONGEST_BYTES = 256  # 64 characters, the longest word that is counted.
_NO_WORD = " "  # Words hold no white space.


def build(
    pieces: Sequence[str], first_id: int, unknown: int
) -> Callable[[tf.Tensor], tf.Tensor]:
    """Makes the function that cuts words.

    Its graph holds an op of tensorflow-text: a process that is sent the
    graph, like a worker of `tf.data`'s service, has to import that first.

    Source: WordPiece as in BERT, arXiv:1810.04805, by LinMaxMatch,
    arXiv:2012.15524. Differs: punctuation is not set apart from words.

    Args:
        pieces: which there are, each once, those within a word with
            `CONTINUES`. A word that is spelt like one of these is it.
        first_id: of the first of them.
        unknown: below `first_id`; id of a word that they cannot make up, or
            of more than 256 bytes.

    Returns:
        A function of words, string [W], that gives the ids of their pieces
        in order, int32 [pieces]: of every word one at least.

    Raises:
        UserError: tensorflow-text is not installed.
    """
    try:
        import tensorflow_text
    except ImportError as error:
        raise errors.UserError(
            "--text.tokens=pieces wants tensorflow-text: pip install "
            "'video-models[text]', or take shards built with "
            "--words.kind=words"
        ) from error
    reserved = [f"{_NO_WORD}{number}" for number in range(first_id)]
    tokenizer = tensorflow_text.FastWordpieceTokenizer(
        [*reserved, *pieces],
        suffix_indicator=CONTINUES,
        max_bytes_per_word=_LONGEST_BYTES,
        token_out_type=tf.int32,
        unknown_token=reserved[unknown],
        no_pretokenization=True,
    )
    return lambda words: tokenizer.tokenize(words).values


def without_marks(pieces: Sequence[str]) -> tuple[list[str], list[str]]:
    """Each piece's mark, `CONTINUES` or nothing, and its text.

    A mark alone is text: the beginning of a word of such characters.
    """
    marks = [
        CONTINUES if p.startswith(CONTINUES) and p != CONTINUES else ""
        for p in pieces
    ]
    texts = [p[len(m) :] for p, m in zip(pieces, marks, strict=True)]
    return marks, texts
