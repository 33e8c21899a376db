"""A convolution of 1x1x1, as the matrix product that it is."""

from typing import Any

import keras


@keras.saving.register_keras_serializable("video_models")
class PointwiseConvolution(keras.layers.Dense):
    """`keras.layers.Dense` for [B, ..., C], of shapes known but for B.

    Keras' own works out the shape in the graph, at every call, and keeps the
    bias apart from the product.
    """

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """[B, ..., C] -> [B, ..., units]."""
        x = keras.ops.reshape(inputs, (-1, inputs.shape[-1]))
        x = super().call(x, training=training)
        return keras.ops.reshape(x, (-1, *inputs.shape[1:-1], self.units))
