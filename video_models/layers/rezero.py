"""Scales a branch by one number that begins at 0."""

from typing import Any

import keras


@keras.saving.register_keras_serializable("video_models")
class ReZero(keras.layers.Layer):
    """Multiplies everything by one trained number, `scale`.

    A residual block so begins as the identity. Source: arXiv:2003.04887.
    """

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Makes the number."""
        self.scale = self.add_weight(
            shape=(), initializer="zeros", name="scale"
        )

    def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple:
        """The same."""
        return shape

    def call(self, inputs: Any) -> Any:
        """Same shape and dtype as `inputs`."""
        return inputs * self.scale
