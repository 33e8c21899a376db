"""Chooses among several texts of a clip.

Training draws one of those said while the sampled frames are shown; evaluation
takes all of them, padded to a fixed number.
"""

from typing import NamedTuple

import tensorflow as tf


class Texts(NamedTuple):
    """Texts of one clip, such as its captions.

    Attributes:
        texts: string [k].
        starts: int64 [k], microseconds; below 0: of the whole clip.
        ends: int64 [k], microseconds.
        answers: string [k], to questions; of captions empty.
    """

    texts: tf.Tensor
    starts: tf.Tensor
    ends: tf.Tensor
    answers: tf.Tensor


def within(every: Texts, span: tf.Tensor) -> Texts:
    """Leaves out the texts of other times.

    Args:
        every: texts of a clip.
        span: int64 [2], start of the first and end of the last sampled frame,
            microseconds.
    """
    is_shown = (every.starts < span[1]) & (every.ends > span[0])
    kept = (every.starts < 0) | is_shown
    return Texts(*(tf.boolean_mask(each, kept) for each in every))


def choose(some: Texts, seed: tf.Tensor | None) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns one text and its answer, string [] each; empty without any.

    Args:
        some: texts to choose from.
        seed: int64 [2]; None: the first.
    """
    count = tf.size(some.texts)
    place = tf.constant(0)
    if seed is not None:
        place = tf.random.stateless_uniform(
            (), seed, 0, tf.maximum(count, 1), tf.int32
        )

    def one(texts: tf.Tensor) -> tf.Tensor:
        return tf.concat([texts, [""]], axis=0)[tf.minimum(place, count)]

    return one(some.texts), one(some.answers)


def pad(texts: tf.Tensor, count: int) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns the first texts, string [count], and a mask float32 [count].

    Args:
        texts: string [k].
        count: number of texts; more are left out, padding is empty.
    """
    texts = texts[:count]
    size = tf.size(texts)
    padded = tf.pad(texts, [[0, count - size]], constant_values="")
    mask = tf.sequence_mask(size, count, tf.float32)
    return tf.ensure_shape(padded, (count,)), mask
