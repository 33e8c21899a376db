"""Makes texts equal that differ only in case or punctuation.

Does in the graph, of UTF-8 text, what `tfrecords_tools.text.text_cleaning` does
when shards are built.
"""

import tensorflow as tf

# All that precedes a separating character, then separating characters. Inside
# words apostrophes separate nothing, inside numbers points do not.
_SEPARATED = (
    r"((?:\p{L}+(?:['\x{2019}]\p{L}+)*|\p{Nd}+(?:[.,:]\p{Nd}+)*|[^\p{P}])*)"
    r"\p{P}+"
)


def lower_case(text: tf.Tensor) -> tf.Tensor:
    """Writes all in lower case, the same on machines of any language.

    Args:
        text: string [...], UTF-8.

    Returns:
        string [...]. Differs from `str.lower` where the machine is set to
        Lithuanian, which keeps the dot below the accents of I.
    """
    # TensorFlow's own goes by the machine's language: the Turkish small
    # letter of I has no dot. Without an encoding it knows only ASCII.
    text = tf.strings.lower(text)
    text = tf.strings.regex_replace(text, "\u0130", "i\u0307")
    return tf.strings.lower(text, encoding="utf-8")


def without_punctuation(text: tf.Tensor) -> tf.Tensor:
    """Puts blanks for punctuation.

    Apostrophes inside words (don't) and points inside numbers (3.5) stay.

    Args:
        text: string [...], UTF-8.

    Returns:
        string [...], with blanks in some places more than one.
    """
    text = tf.strings.join([text, "."])  # Each part ends at a punctuation.
    text = tf.strings.regex_replace(text, _SEPARATED, r"\1 ")
    return plain_apostrophes(text)


def plain_apostrophes(text: tf.Tensor) -> tf.Tensor:
    """One spelling of a word, whatever the keyboard: string [...] to same."""
    return tf.strings.regex_replace(text, "\u2019", "'")
