"""The fastest form of a network that only answers, as exports have it.

Normalisation is folded into convolutions, and weights are constants.
"""

from collections.abc import Callable

import keras
import tensorflow as tf

from launch.serving import constant_graph
from video_models.introspection import folding

_PIXELS, _FEATURES = "pixels", "features"


def build(
    network: keras.Model, batch: int | None = None
) -> Callable[[tf.Tensor], tf.Tensor]:
    """A function that gives what the network gives now, to rounding.

    Args:
        network: frames float32 [N, T, H, W, 3] -> one tensor of features;
            later changes of its weights may not count.
        batch: clips in every call; None if it varies.

    Returns:
        A function of uint8 [N, T, H, W, 3]; its features are float32.
    """
    network = folding.without_normalization(network)

    def compute(pixels: tf.Tensor) -> dict[str, tf.Tensor]:
        features = network(tf.cast(pixels, tf.float32), training=False)
        return {_FEATURES: tf.cast(features, tf.float32)}

    spec = tf.TensorSpec((batch, *network.input.shape[1:]), tf.uint8, _PIXELS)
    if constant_graph.fits([network]):
        compute = constant_graph.with_constants(compute, **{_PIXELS: spec})
    return tf.function(
        lambda pixels: compute(pixels=pixels)[_FEATURES],
        input_signature=[spec],
        autograph=False,
    )
