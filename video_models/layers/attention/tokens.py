"""Position embeddings and class tokens of transformers."""

from typing import Any

import keras
import numpy as np

ops = keras.ops


def sinusoids(tokens: int, width: int) -> np.ndarray:
    """float32 [tokens, width]: sines at even channels, cosines at odd ones.

    Source: arXiv:1706.03762. Unlike `positions.sinusoids`, which suit
    normalised features, these are the positions of VideoMAE's public
    checkpoints.
    """
    frequency = 10_000.0 ** (-2 * (np.arange(width) // 2) / width)
    angle = np.arange(tokens)[:, None] * frequency
    even = np.arange(width) % 2 == 0
    return np.float32(np.where(even, np.sin(angle), np.cos(angle)))


@keras.saving.register_keras_serializable("video_models")
class FixedPlaces(keras.layers.Layer):
    """Adds `sinusoids` to [B, N, C]; not trained."""

    def call(self, inputs: Any) -> Any:
        """Same shape and dtype as `inputs`."""
        table = sinusoids(*inputs.shape[1:])
        return inputs + ops.convert_to_tensor(table, inputs.dtype)


@keras.saving.register_keras_serializable("video_models")
class LearnedPlaces(keras.layers.Layer):
    """Adds a trained vector per position along one axis of [B, ..., C].

    Weights: `table` [1, N, C], for clips of one size; or [1, count, C], whose
    first N rows are added.
    """

    def __init__(
        self,
        axis: int = -2,
        start: str = "normal",
        count: int | None = None,
        **kwargs: Any,
    ):
        """Configures the axis and the initial values.

        Args:
            axis: axis of the positions, counted from the end.
            start: "normal" (standard deviation 0.02) or "zeros".
            count: positions that the table holds, at least N; None: N.
            **kwargs: arguments of `keras.layers.Layer`.
        """
        super().__init__(**kwargs)
        self.axis, self.start, self.count = axis, start, count

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Creates the table for [B, ..., C]."""
        self.table = self.add_weight(
            (1, self.count or shape[self.axis], shape[-1]),
            _normal() if self.start == "normal" else "zeros",
            name="table",
        )

    def call(self, inputs: Any) -> Any:
        """Same shape and dtype as `inputs`."""
        shape = [1] * len(inputs.shape)
        shape[self.axis], shape[-1] = inputs.shape[self.axis], inputs.shape[-1]
        table = self.table
        if self.count:
            table = table[:, : inputs.shape[self.axis]]
        return inputs + ops.reshape(table, shape)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor."""
        return {
            **super().get_config(),
            "axis": self.axis,
            "start": self.start,
            "count": self.count,
        }


@keras.saving.register_keras_serializable("video_models")
class ClassToken(keras.layers.Layer):
    """Prepends a trained token to [..., N, C].

    Weights: `token` [C].
    """

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Creates the token for [..., N, C]."""
        self.token = self.add_weight((shape[-1],), _normal(), name="token")

    def call(self, inputs: Any) -> Any:
        """[..., N, C] -> [..., 1 + N, C]."""
        first = ops.zeros_like(inputs[..., :1, :]) + self.token
        return ops.concatenate([first, inputs], axis=-2)


def _normal() -> keras.initializers.Initializer:
    return keras.initializers.TruncatedNormal(stddev=0.02)
