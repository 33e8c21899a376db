"""The last layer of a classifier: logits into scores of named labels.

The labels are part of the saved model, wherever it is loaded.
"""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

LOGITS = "linear"
ACTIVATIONS = ("softmax", "sigmoid", LOGITS)


@keras.saving.register_keras_serializable("video_models")
class LabelScores(keras.layers.Layer):
    """Logits [B, classes], or [B, t, classes] of time steps -> scores.

    Logits of time steps are averaged first. The scores are float32
    [B, classes] whatever the dtype policy. A model with this layer is not
    compiled by XLA where there is neither GPU nor TPU.
    """

    def __init__(
        self,
        activation: str = "softmax",
        labels: Sequence[str] = (),
        **kwargs: Any,
    ):
        """Says what scores are.

        Args:
            activation: softmax, one label a clip; sigmoid, several; linear,
                logits as they are.
            labels: names in the order of the scores; empty: they have none.
            **kwargs: of the layer.
        """
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.activation, self.labels = activation, tuple(labels)
        # `compile` asks every layer. Compiled by XLA for a CPU, a training
        # step of the demo's network takes 928 ms, otherwise 388.
        kinds = ("GPU", "TPU")
        self.supports_jit = any(map(tf.config.list_physical_devices, kinds))

    def call(self, logits: Any) -> Any:
        """float32 [B, classes]."""
        if len(logits.shape) == 3:
            logits = keras.ops.mean(logits, axis=1)
        # Losses of Keras look for a softmax that nothing follows.
        return keras.activations.get(self.activation)(logits)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Told, so that Keras need not trace the call to find it."""
        return (input_shape[0], input_shape[-1])

    def get_config(self) -> dict[str, Any]:
        """What `from_config` needs to build it again."""
        return {
            **super().get_config(),
            "activation": self.activation,
            "labels": list(self.labels),
        }
