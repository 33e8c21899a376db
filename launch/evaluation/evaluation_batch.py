"""Chooses how many clips an evaluation takes at a time.

Without gradients only a few activations are alive at once. On a CPU a batch
whose activations exceed its caches costs memory and gains no speed.
"""

import math

import keras
import tensorflow as tf

from video_models.introspection import keras_internals

# R(2+1)D-18 on two cores: 17 s for 1, 4 and 16 clips at a time, in 1,022,
# 1,190 and 2,141 MiB.
_MAX_BYTES = 32 * 2**20


def choose_batch_size(
    networks: dict[str, keras.Model],
    strategy: tf.distribute.Strategy,
    batch_size: int,
    views: int = 1,
) -> int:
    """Returns the clips per batch of an evaluation, over all replicas.

    Args:
        networks: name to network.
        strategy: of the networks.
        batch_size: the batch size of training, and the maximum.
        views: temporal views times crops per clip.

    Returns:
        `batch_size` if there are accelerators. On CPUs at most as many clips
        per replica as keep the largest activation within 32 MiB, and at least
        one.
    """
    if any(map(tf.config.list_logical_devices, ("GPU", "TPU"))):
        return batch_size
    largest = max(map(_largest_activation, networks.values()), default=1)
    clips = max(1, _MAX_BYTES // max(1, largest * views))
    return min(batch_size, clips * strategy.num_replicas_in_sync)


def _largest_activation(network: keras.Model) -> int:
    """Bytes per clip of the largest output of a layer whose shape is known."""
    sizes = [0]
    for call in keras_internals.calls_in_order(network):
        if isinstance(call.operation, keras.Model):
            sizes.append(_largest_activation(call.operation))
        for output in call.outputs:
            if None not in output.shape[1:]:
                item = keras.backend.standardize_dtype(output.dtype)
                width = tf.as_dtype(item).size
                sizes.append(math.prod(output.shape[1:]) * width)
    return max(sizes)
