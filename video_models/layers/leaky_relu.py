"""A leaky ReLU whose gradient TensorFlow can optimise.

TensorFlow's graph optimizer fuses convolution, bias and `LeakyRelu`. It fails
if the gradient needs the values in between: it prints an error and leaves the
whole graph unoptimised.
"""

from typing import Any

import keras


@keras.saving.register_keras_serializable("video_models")
class LeakyReLU(keras.layers.Layer):
    """The maximum of x and `slope` times x; slope in [0, 1)."""

    def __init__(self, slope: float, **kwargs: Any):
        """`slope` is the slope below 0."""
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
