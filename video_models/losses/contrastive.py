"""Contrastive losses over all clips of the global batch."""

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import tensorflow as tf  # Keras gathers nothing over replicas.

ops = keras.ops

_NO_NEGATIVE = -1e9  # Finite: a row without any negative is no NaN.


class Paired(NamedTuple):
    """Two unit vectors of each clip of this replica.

    Attributes:
        queries: float32 [B, D].
        keys: float32 [B, D].
        valid: float32 [B], 1 for clips that have both.
    """

    queries: Any
    keys: Any
    valid: Any


class Negatives(NamedTuple):
    """A further negative of each query alone.

    Attributes:
        keys: float32 [B, D], unit vectors.
        valid: float32 [B], 1 where there is one.
    """

    keys: Any
    valid: Any


def gather(values: Any) -> Any:
    """Returns the rows of all replicas, in their order; gradients are exact.

    Args:
        values: [B, ...], of this replica.

    Returns:
        [replicas * B, ...]; on one device `values`. The gradient of a replica
        is the sum over all replicas.
    """
    context = tf.distribute.get_replica_context()
    if context.num_replicas_in_sync == 1:
        return values
    return context.all_gather(values, axis=0)


def symmetric_info_nce(
    pairs: Paired,
    sharpen: Callable[[Any], Any],
    negatives: Negatives | None = None,
) -> Any:
    """InfoNCE from queries to keys and from keys to queries, averaged.

    Each is compared with those of all valid clips of the global batch. Source:
    NT-Xent of SimCLR, arXiv:2002.05709, between two modalities as in CLIP,
    arXiv:2103.00020. Differs: clips that lack one of both are no negatives.

    Args:
        pairs: of the clips of this replica.
        sharpen: similarities float32 [B, n] -> logits, such as divided by a
            temperature.
        negatives: further ones of the queries, such as `keys` of another time.

    Returns:
        float32 [B], nats; 0 for clips that are not valid.
    """
    every = Paired(*map(gather, pairs))
    own = _own_rows(pairs.valid)
    forth = _logits(pairs.queries, every.keys, every.valid, sharpen)
    back = _logits(pairs.keys, every.queries, every.valid, sharpen)
    if negatives is not None:
        further = ops.sum(
            pairs.queries * negatives.keys, axis=-1, keepdims=True
        )
        further = ops.where(
            negatives.valid[:, None] > 0, sharpen(further), _NO_NEGATIVE
        )
        forth = ops.concatenate([forth, further], axis=-1)
    total = _entropy(forth, own) + _entropy(back, own)
    return ops.where(pairs.valid > 0, 0.5 * total, 0.0)


def _own_rows(values: Any) -> Any:
    """int32 [B], places of this replica's rows among all."""
    context = tf.distribute.get_replica_context()
    count = values.shape[0] or tf.shape(values)[0]
    first = tf.cast(context.replica_id_in_sync_group, tf.int32) * count
    return first + tf.range(count)


def _logits(rows: Any, columns: Any, valid: Any, sharpen: Callable) -> Any:
    similar = ops.matmul(rows, ops.transpose(columns))
    return ops.where(valid[None] > 0, sharpen(similar), _NO_NEGATIVE)


def _entropy(logits: Any, own: Any) -> Any:
    return keras.losses.sparse_categorical_crossentropy(
        own, logits, from_logits=True
    )
