"""A leaky ReLU whose gradient TensorFlow can optimise.

Its graph optimizer joins convolution, bias and `LeakyRelu` to one operation,
fails where the gradient still wants what lay between, says so on stderr, and
leaves the whole graph as it was.
"""

from typing import Any

import keras


@keras.saving.register_keras_serializable("video_models")
class LeakyReLU(keras.layers.Layer):
    """x, or `slope` times x where that is larger; slope in [0, 1)."""

    def __init__(self, slope: float, **kwargs: Any):
        """Takes the slope below 0."""
        super().__init__(**kwargs)
        self.slope = slope

    def call(self, inputs: Any) -> Any:
        """Same shape and dtype."""
        return keras.ops.maximum(inputs, self.slope * inputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the shape, so that Keras need not trace the call."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor."""
        return {**super().get_config(), "slope": self.slope}
