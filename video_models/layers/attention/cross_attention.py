"""Attention of the tokens of one modality to those of others."""

from typing import Any

import keras

from video_models.layers.attention import self_attention


@keras.saving.register_keras_serializable("video_models")
class CrossAttention(self_attention.SelfAttention):
    """Multi-head attention of tokens [B, N, C] to a context [B, M, C].

    Weights: `query`, `key` (without bias), `value` and `out` [C, C].
    """

    def __init__(self, heads: int, **kwargs: Any):
        """`heads` is a divisor of the channels."""
        super().__init__(heads, is_fused=False, has_key_bias=False, **kwargs)

    def call(self, inputs: Any, context: Any, key_mask: Any = None) -> Any:
        """Attends.

        Args:
            inputs: [B, N, C].
            context: [B, M, C].
            key_mask: [B, M], 0 for tokens that no query sees; None: all are
                seen.

        Returns:
            [B, N, C].
        """
        query, key, value = (
            linear(x)
            for linear, x in zip(
                self._maps, (inputs, context, context), strict=True
            )
        )
        mixed = self_attention.attend(query, key, value, self.heads, key_mask)
        return self._out(mixed)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor."""
        config = super().get_config()
        del config["is_fused"], config["has_key_bias"]
        return config
