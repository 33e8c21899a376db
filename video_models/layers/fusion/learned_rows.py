"""Trained rows: null tokens, bottlenecks, stand-ins of what is missing."""

from typing import Any

import keras

ops = keras.ops


@keras.saving.register_keras_serializable("video_models")
class LearnedRows(keras.layers.Layer):
    """Trained tokens, equal for all examples.

    Weights: `rows` [count, C], from a normal distribution of standard
    deviation 0.02.
    """

    def __init__(self, count: int, **kwargs: Any):
        """`count` is the number of tokens."""
        super().__init__(**kwargs)
        self.count = count

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Creates the tokens for [B, N, C]."""
        self.rows = self.add_weight(
            (self.count, shape[-1]),
            keras.initializers.RandomNormal(stddev=0.02),
            name="rows",
        )

    def call(self, inputs: Any) -> Any:
        """[B, N, C] -> [B, count, C], whatever the values."""
        return ops.zeros_like(inputs[:, :1]) + self.rows

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor."""
        return {**super().get_config(), "count": self.count}


@keras.saving.register_keras_serializable("video_models")
class StandIn(keras.layers.Layer):
    """Puts a trained vector where features are missing.

    Weights: `vector` [C].
    """

    def __init__(self, start: str = "zeros", **kwargs: Any):
        """`start` names the initial values: "zeros" or "ones"."""
        super().__init__(**kwargs)
        self.start = start

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Creates the vector for [B, ..., C]."""
        self.vector = self.add_weight((shape[-1],), self.start, name="vector")

    def call(self, inputs: Any, present: Any) -> Any:
        """Fills in the vector.

        Args:
            inputs: [B, ..., C].
            present: [B, ...], 0 where the features are missing.

        Returns:
            The same shape and dtype as `inputs`.
        """
        return ops.where(present[..., None] > 0, inputs, self.vector)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor."""
        return {**super().get_config(), "start": self.start}
