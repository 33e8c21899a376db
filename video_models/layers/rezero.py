"""ReZero: scales a branch by a trained number that starts at 0."""

from typing import Any

import keras


@keras.saving.register_keras_serializable("video_models")
class ReZero(keras.layers.Layer):
    """Multiplies its input by a trained number, `scale`.

    A residual block then starts as the identity. Source: arXiv:2003.04887.
    """

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Creates the scale."""
        self.scale = self.add_weight(
            shape=(), initializer="zeros", name="scale"
        )

    def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple:
        """Returns the input shape."""
        return shape

    def call(self, inputs: Any) -> Any:
        """Same shape and dtype as `inputs`."""
        return inputs * self.scale
