"""Divides similarities by a temperature, learnt or fixed."""

import math
from typing import Any

import keras

ops = keras.ops


@keras.saving.register_keras_serializable("video_models")
class Temperature(keras.layers.Layer):
    """Divides its input by a temperature, in float32.

    Learns the logarithm of its inverse, which never exceeds that of 100, as in
    CLIP, arXiv:2103.00020.
    """

    def __init__(
        self, initial: float = 0.07, learns: bool = True, **kwargs: Any
    ):
        """`initial` is the temperature; unless it `learns`, it stays that."""
        super().__init__(**{"dtype": "float32", **kwargs})
        self.initial, self.learns = initial, learns

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Creates the logarithm of the inverse temperature."""
        self.log_inverse = self.add_weight(
            shape=(),
            initializer=keras.initializers.Constant(-math.log(self.initial)),
            trainable=self.learns,
            name="log_inverse",
        )

    def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple:
        """Returns the input shape."""
        return shape

    def call(self, inputs: Any) -> Any:
        """Same shape as `inputs`, float32."""
        most = math.log(100.0)
        return inputs * ops.exp(ops.minimum(self.log_inverse, most))

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the layer."""
        own = {"initial": self.initial, "learns": self.learns}
        return {**super().get_config(), **own}
