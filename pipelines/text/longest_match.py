"""Splits words into wordpieces with operations of TensorFlow alone.

For exported models, which a server without tensorflow-text loads. Slower than
`text_pieces`, and equal to it.
"""

from collections.abc import Callable

import tensorflow as tf

from pipelines.text import text_pieces

_NONE = -1


def build(
    lookup: Callable[[tf.Tensor], tf.Tensor], longest: int, unknown: int
) -> Callable[[tf.Tensor], tf.Tensor]:
    """Builds the function that splits words, see `text_pieces.build`.

    Args:
        lookup: from wordpieces, string [n], to ids int32 [n], or `unknown`.
        longest: bytes of the longest wordpiece, prefix included.
        unknown: id of words that the vocabulary cannot spell.

    Returns:
        A function from words, string [W], to the ids of their wordpieces in
        order, int32 [wordpieces].
    """
    lengths = tf.range(1, longest + 1)

    def match(rest: tf.Tensor, is_first: tf.Tensor) -> tuple:
        """The longest wordpiece that each rest of a word begins with: its id,
        or `unknown`, and its bytes."""
        words = tf.size(rest)
        starts = tf.strings.substr(
            tf.repeat(rest, longest),
            tf.zeros((words * longest,), tf.int32),
            tf.tile(lengths, [words]),
        )
        marks = tf.where(is_first, "", text_pieces.CONTINUES)
        ids = lookup(tf.strings.join([tf.repeat(marks, longest), starts]))
        ids = tf.reshape(ids, (words, longest))
        best = tf.reduce_max(tf.where(ids != unknown, lengths, 0), axis=1)
        place = tf.maximum(best - 1, 0)
        found = tf.gather(ids, place, axis=1, batch_dims=1)
        return found, tf.minimum(best, tf.strings.length(rest))

    def split(words: tf.Tensor) -> tf.Tensor:
        sizes = tf.strings.length(words)

        def step(number, places, failed, pieces):
            rest = tf.strings.substr(words, places, sizes)
            found, taken = match(rest, places == 0)
            active = ~failed & (places < sizes)
            failed |= active & (taken == 0)
            row = tf.where(active & ~failed, found, _NONE)
            places += tf.where(active, taken, 0)
            return number + 1, places, failed, pieces.write(number, row)

        pieces = tf.TensorArray(
            tf.int32, 1, dynamic_size=True, element_shape=(None,)
        )
        # The first row has the unknown words.
        pieces = pieces.write(0, tf.fill(tf.shape(words), _NONE))
        number, _, failed, pieces = tf.while_loop(
            lambda _, places, failed, pieces: tf.reduce_any(
                ~failed & (places < sizes)
            ),
            step,
            (
                tf.constant(1),
                tf.zeros_like(sizes),
                sizes > text_pieces.LONGEST_BYTES,
                pieces,
            ),
        )
        instead = tf.where(tf.range(number) == 0, unknown, _NONE)
        rows = tf.where(failed, instead[:, None], pieces.stack())
        rows = tf.transpose(rows)
        return tf.boolean_mask(rows, rows != _NONE)

    return split
