"""Vectors of the tokens of a text, and their mean without padding."""

from typing import Any

import keras

ops = keras.ops


@keras.saving.register_keras_serializable("video_models")
class TokenEmbedding(keras.layers.Layer):
    """A trained vector per token, int32 [...] -> [..., C].

    Differs from `keras.layers.Embedding`: the gradient is a dense tensor, so
    that it can be added, clipped and summed over replicas like any other.

    Weights: `table` [tokens, C].
    """

    def __init__(
        self, tokens: int, width: int, deviation: float = 0.02, **kwargs: Any
    ):
        """Configures the table.

        Args:
            tokens: number of different tokens, from 0.
            width: channels of a vector.
            deviation: standard deviation of the initial values.
            **kwargs: arguments of `keras.layers.Layer`.
        """
        super().__init__(**kwargs)
        self.tokens, self.width, self.deviation = tokens, width, deviation

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Creates the table."""
        del shape
        self.table = self.add_weight(
            (self.tokens, self.width),
            keras.initializers.TruncatedNormal(stddev=self.deviation),
            name="table",
        )

    def call(self, inputs: Any) -> Any:
        """int32 [...], each in [0, tokens) -> [..., C]."""
        # The gradient of a reshape is dense, that of a gather is not.
        table = ops.reshape(self.table, (self.tokens, self.width))
        return ops.take(table, inputs, axis=0)

    def compute_output_shape(
        self, shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """Adds the channels."""
        return (*shape, self.width)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor."""
        return {
            **super().get_config(),
            "tokens": self.tokens,
            "width": self.width,
            "deviation": self.deviation,
        }


def without_padding(x: Any, mask: Any) -> Any:
    """Sets the vectors of padding to 0.

    Args:
        x: [B, L, C].
        mask: [B, L], 0 for padding.

    Returns:
        [B, L, C].
    """
    # Not a product: 0 times infinity is no number.
    return ops.where(ops.expand_dims(mask, -1) > 0, x, ops.zeros_like(x))


def masked_mean(x: Any, mask: Any) -> Any:
    """Mean over the tokens of a text.

    Args:
        x: [B, L, C].
        mask: [B, L], 0 for padding, else 1.

    Returns:
        [B, C] of the dtype of `x`, summed in float32; 0 for a text without
        tokens.
    """
    total = ops.sum(ops.cast(without_padding(x, mask), "float32"), axis=1)
    count = ops.sum(ops.cast(mask, "float32"), axis=1, keepdims=True)
    return ops.cast(total / ops.maximum(count, 1.0), x.dtype)
