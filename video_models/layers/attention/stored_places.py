"""Position embeddings of Whisper, which its checkpoints store."""

from typing import Any

import keras
import numpy as np

ops = keras.ops


def sinusoids(tokens: int, width: int) -> np.ndarray:
    """float32 [tokens, width]: sines, then cosines.

    Source: arXiv:2212.04356, `sinusoids` of its code. Unlike those of
    arXiv:1706.03762, the lowest frequency is 1 / 10,000 exactly.
    """
    half = width // 2
    frequency = 10_000.0 ** (-np.arange(half) / max(1, half - 1))
    angle = np.arange(tokens)[:, None] * frequency
    return np.float32(np.concatenate([np.sin(angle), np.cos(angle)], axis=1))


@keras.saving.register_keras_serializable("video_models")
class StoredPlaces(keras.layers.Layer):
    """Adds the first N rows of a table of `sinusoids` to [B, N, C].

    Weights: `table` [tokens, C], not trained, but replaced by the one in
    checkpoints of Whisper.
    """

    def __init__(self, tokens: int, **kwargs: Any):
        """`tokens` is the length of the table, at least N."""
        super().__init__(**kwargs)
        self.tokens = tokens

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Creates the table for [B, N, C]."""
        self.table = self.add_weight(
            (self.tokens, shape[-1]),
            lambda shape, dtype: ops.convert_to_tensor(
                sinusoids(*shape), dtype
            ),
            trainable=False,
            name="table",
        )

    def call(self, inputs: Any) -> Any:
        """Same shape and dtype as `inputs`."""
        return inputs + self.table[: inputs.shape[1]]

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor."""
        return {**super().get_config(), "tokens": self.tokens}
