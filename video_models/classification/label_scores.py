"""The last layer of a classifier: logits to scores of named labels.

The labels are saved with the model.
"""

from collections.abc import Sequence
from typing import Any

import keras

LOGITS = "linear"
ACTIVATIONS = ("softmax", "sigmoid", LOGITS)


@keras.saving.register_keras_serializable("video_models")
class LabelScores(keras.layers.Layer):
    """Maps logits [B, classes] or [B, t, classes] to scores.

    Logits are averaged over time first. Scores are float32 [B, classes] under
    any dtype policy.
    """

    def __init__(
        self,
        activation: str = "softmax",
        labels: Sequence[str] = (),
        **kwargs: Any,
    ):
        """Configures the scores.

        Args:
            activation: softmax, one label per clip; sigmoid, several; linear,
                unchanged logits.
            labels: names in the order of the scores; empty if unnamed.
            **kwargs: arguments of `keras.layers.Layer`.
        """
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.activation, self.labels = activation, tuple(labels)

    def call(self, logits: Any) -> Any:
        """float32 [B, classes]."""
        if len(logits.shape) == 3:
            logits = keras.ops.mean(logits, axis=1)
        # Keras losses look for a softmax as the last operation.
        return keras.activations.get(self.activation)(logits)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the shape, so that Keras need not trace the call."""
        return (input_shape[0], input_shape[-1])

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments of the constructor."""
        return {
            **super().get_config(),
            "activation": self.activation,
            "labels": list(self.labels),
        }
