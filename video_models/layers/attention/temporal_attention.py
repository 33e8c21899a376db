"""Multi-head attention over the time steps of a clip or a stream."""

from typing import Any

import keras

from video_models.layers.attention import local_attention, rotary

ops = keras.ops


@keras.saving.register_keras_serializable("video_models")
class TemporalAttention(keras.layers.Layer):
    """Multi-head attention over time, [B, t, C].

    Source: arXiv:1706.03762. Without window, causality and rotation it equals
    `keras.layers.MultiHeadAttention`, with its weights in its order; Keras'
    layer masks a window at a cost of t * t.
    """

    def __init__(
        self,
        heads: int,
        size: int,
        causal: bool = False,
        window: int = 0,
        rotates: bool = False,
        **kwargs: Any,
    ):
        """Configures heads, window and causality.

        Args:
            heads: number of heads.
            size: features per head.
            causal: whether time steps attend to past ones only.
            window: time steps attended to on each side, or back; 0: all.
            rotates: whether to use rotary positions, `layers.rotary`.
            **kwargs: arguments of `keras.layers.Layer`.
        """
        super().__init__(**kwargs)
        self.heads, self.size = heads, size
        self.causal, self.window, self.rotates = causal, window, rotates
        self._initializer = keras.initializers.GlorotUniform()

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Creates the four linear maps for [B, t, C]."""
        # Named like those of Keras' layer, so that its saved weights load.
        self._query_dense = self._into_heads("query", shape)
        self._key_dense = self._into_heads("key", shape)
        self._value_dense = self._into_heads("value", shape)
        self._output_dense = self._linear(
            "attention_output", "bthd,hdc->btc", (None, shape[-1]), "c"
        )
        self._output_dense.build((*shape[:2], self.heads, self.size))

    def call(
        self,
        inputs: Any,
        keys: Any = None,
        values: Any = None,
        time_steps: Any = None,
    ) -> Any:
        """Attends over a clip or, with states, the newest steps of a stream.

        Args:
            inputs: [B, t, C].
            keys: float32 [B, window, heads, size] of past time steps.
            values: the same.
            time_steps: int32 [B, 1], number of past time steps.

        Returns:
            [B, t, C]; with states also the new keys and values.
        """
        query = self._query_dense(inputs)
        key, value = self._key_dense(inputs), self._value_dense(inputs)
        if keys is None:
            query, key = self._rotated(query), self._rotated(key)
            mixed = local_attention.attend(
                query, key, value, self.window, self.causal
            )
            return self._output_dense(mixed)
        key, keys = self._follow(keys, key)
        value, values = self._follow(values, value)
        query, key = self._rotated(query, self.window), self._rotated(key)
        mixed = local_attention.attend_back(
            query, key, value, self.window, time_steps
        )
        return self._output_dense(mixed), keys, values

    def _rotated(self, x: Any, first: int = 0) -> Any:
        return rotary.rotate(x, first) if self.rotates else x

    def _follow(self, before: Any, now: Any) -> tuple[Any, Any]:
        """Keys and values that the new steps see, and those to keep."""
        both = ops.concatenate([ops.cast(before, now.dtype), now], axis=1)
        return both, ops.cast(both[:, -self.window :], "float32")

    def _into_heads(
        self, name: str, shape: tuple[int | None, ...]
    ) -> keras.layers.Layer:
        output = (None, self.heads, self.size)
        dense = self._linear(name, "btc,chd->bthd", output, "hd")
        dense.build(shape)
        return dense

    def _linear(
        self, name: str, equation: str, output: tuple, bias: str
    ) -> keras.layers.Layer:
        return keras.layers.EinsumDense(
            equation,
            output,
            bias_axes=bias,
            # A copy per layer: a shared initializer would repeat its values.
            kernel_initializer=self._initializer.clone(),
            dtype=self.dtype_policy,
            name=name,
        )

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor."""
        return {
            **super().get_config(),
            "heads": self.heads,
            "size": self.size,
            "causal": self.causal,
            "window": self.window,
            "rotates": self.rotates,
        }
