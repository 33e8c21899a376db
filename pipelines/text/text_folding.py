"""Folds case and punctuation of UTF-8 text.

The counterpart in the graph of `tfrecords_tools.text.text_cleaning`, which
cleans text when shards are built.
"""

import tensorflow as tf

# Text up to a separator, then separators. Apostrophes within words and points
# within numbers are no separators.
_SEPARATED = (
    r"((?:\p{L}+(?:['\x{2019}]\p{L}+)*|\p{Nd}+(?:[.,:]\p{Nd}+)*|[^\p{P}])*)"
    r"\p{P}+"
)


def lower_case(text: tf.Tensor) -> tf.Tensor:
    """Converts text to lower case, independent of the machine's locale.

    Args:
        text: string [...], UTF-8.

    Returns:
        string [...]. Differs from `str.lower` in a Lithuanian locale, which
        keeps the dot below the accents of I.
    """
    # TensorFlow's op depends on the locale: the Turkish lower case of I has no
    # dot. Without an encoding it handles ASCII only.
    text = tf.strings.lower(text)
    text = tf.strings.regex_replace(text, "\u0130", "i\u0307")
    return tf.strings.lower(text, encoding="utf-8")


def without_punctuation(text: tf.Tensor) -> tf.Tensor:
    """Replaces punctuation by spaces.

    Keeps apostrophes within words (don't) and points within numbers (3.5).

    Args:
        text: string [...], UTF-8.

    Returns:
        string [...], with runs of spaces in some places.
    """
    text = tf.strings.join([text, "."])  # The pattern ends at punctuation.
    text = tf.strings.regex_replace(text, _SEPARATED, r"\1 ")
    return plain_apostrophes(text)


def plain_apostrophes(text: tf.Tensor) -> tf.Tensor:
    """Replaces typographic apostrophes by ASCII ones: string [...]."""
    return tf.strings.regex_replace(text, "\u2019", "'")
