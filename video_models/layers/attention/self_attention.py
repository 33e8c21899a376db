"""Self-attention over tokens."""

from typing import Any

import keras

ops = keras.ops

_NEVER = -1e9  # Finite, so that a fully masked row does not become NaN.


def attend(
    query: Any, key: Any, value: Any, heads: int, key_mask: Any = None
) -> Any:
    """Scaled dot-product attention.

    Source: arXiv:1706.03762. Attention weights are float32 for any dtype.

    Args:
        query: [B, N, C].
        key: [B, N, C].
        value: [B, N, C].
        heads: number of heads that the channels are split into.
        key_mask: [B, N], 0 for keys that no query sees; None: all are seen.
            Where every key is 0, all weigh the same.

    Returns:
        [B, N, C].
    """
    tokens, width = query.shape[1:]
    query = query * (width // heads) ** -0.5
    scores = ops.matmul(
        _heads_apart(query, heads, (0, 2, 1, 3)),
        _heads_apart(key, heads, (0, 2, 3, 1)),
    )
    scores = ops.cast(scores, "float32")
    if key_mask is not None:
        is_seen = ops.expand_dims(key_mask, (1, 2)) > 0
        scores = ops.where(is_seen, scores, _NEVER)
    weights = ops.softmax(scores)
    value = _heads_apart(value, heads, (0, 2, 1, 3))
    mixed = ops.matmul(ops.cast(weights, value.dtype), value)
    mixed = ops.transpose(mixed, (0, 2, 1, 3))
    return ops.reshape(mixed, (-1, tokens, width))


def _heads_apart(x: Any, heads: int, order: tuple[int, ...]) -> Any:
    """[B, N, heads, C / heads], transposed."""
    tokens, width = x.shape[1:]
    x = ops.reshape(x, (-1, tokens, heads, width // heads))
    return ops.transpose(x, order)


@keras.saving.register_keras_serializable("video_models")
class SelfAttention(keras.layers.Layer):
    """Multi-head self-attention over tokens [B, N, C].

    Weights: `qkv` [C, 3 C], or separate `query`, `key` and `value` [C, C],
    equally fast; then `out` [C, C]. Choose the layout of the checkpoints to
    read.
    """

    def __init__(
        self,
        heads: int,
        is_fused: bool = True,
        has_key_bias: bool = True,
        **kwargs: Any,
    ):
        """Configures heads and layout of the weights.

        Args:
            heads: number of heads, a divisor of the channels.
            is_fused: whether one linear map computes queries, keys and values.
            has_key_bias: whether keys have a bias (it does not affect the
                output); queries and values always have one.
            **kwargs: arguments of `keras.layers.Layer`.
        """
        super().__init__(**kwargs)
        self.heads = heads
        self.is_fused, self.has_key_bias = is_fused, has_key_bias

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Creates the weights for [B, N, C]."""
        width = shape[-1]
        self._maps = []
        if self.is_fused:
            fused = self._linear("qkv", 3 * width, shape, self.has_key_bias)
            self._maps = [fused]
        else:
            for name in ("query", "key", "value"):
                biased = self.has_key_bias or name != "key"
                self._maps.append(self._linear(name, width, shape, biased))
        self._biases = []
        if self.is_fused and not self.has_key_bias:
            self._biases = [
                self.add_weight((width,), "zeros", name=f"{name}_bias")
                for name in ("query", "value")
            ]
        self._out = self._linear("out", width, shape, True)

    def call(self, inputs: Any, key_mask: Any = None) -> Any:
        """[B, N, C] -> [B, N, C]; `key_mask` as for `attend`."""
        query, key, value = self._project(inputs)
        return self._out(attend(query, key, value, self.heads, key_mask))

    def compute_output_shape(
        self, shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """That of the input."""
        return shape

    def _project(self, x: Any) -> list:
        if not self.is_fused:
            return [each(x) for each in self._maps]
        # Not slices: their gradients take a fifth of the layer's time on CPUs.
        query, key, value = ops.split(self._maps[0](x), 3, axis=-1)
        if self._biases:
            query, value = query + self._biases[0], value + self._biases[1]
        return [query, key, value]

    def _linear(
        self, name: str, width: int, shape: tuple, use_bias: bool
    ) -> keras.layers.Layer:
        dense = keras.layers.Dense(
            width,
            use_bias=use_bias,
            kernel_initializer=keras.initializers.TruncatedNormal(stddev=0.02),
            dtype=self.dtype_policy,
            name=name,
        )
        dense.build(shape)
        return dense

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor."""
        return {
            **super().get_config(),
            "heads": self.heads,
            "is_fused": self.is_fused,
            "has_key_bias": self.has_key_bias,
        }
