"""1x1x1 convolutions as matrix products."""

from typing import Any

import keras


@keras.saving.register_keras_serializable("video_models")
class PointwiseConvolution(keras.layers.Dense):
    """`keras.layers.Dense` for [B, ..., C] with static shapes except B.

    Keras' layer computes shapes in the graph at every call, and does not fuse
    the bias.
    """

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """[B, ..., C] -> [B, ..., units]."""
        x = keras.ops.reshape(inputs, (-1, inputs.shape[-1]))
        x = super().call(x, training=training)
        return keras.ops.reshape(x, (-1, *inputs.shape[1:-1], self.units))
