"""Handles requests without clips, which networks cannot compute."""

from collections.abc import Callable

import tensorflow as tf

Tensors = dict[str, tf.Tensor]


def answered(function: Callable[..., Tensors]) -> Callable[..., Tensors]:
    """Extends a function to N = 0, where it returns tensors without rows.

    Args:
        function: named tensors [N, ...] to named tensors [N, ...]; called
            with one clip of zeros for an empty request.
    """

    def call(**inputs: tf.Tensor) -> Tensors:
        count = tf.shape(next(iter(inputs.values())))[0]
        given = {k: _at_least_one(v, count) for k, v in inputs.items()}
        return {k: v[:count] for k, v in function(**given).items()}

    return call


def _at_least_one(value: tf.Tensor, count: tf.Tensor) -> tf.Tensor:
    shape = tf.concat([[1], tf.shape(value)[1:]], axis=0)
    given = tf.cond(
        count > 0, lambda: value, lambda: tf.zeros(shape, value.dtype)
    )
    return tf.ensure_shape(given, value.shape)
