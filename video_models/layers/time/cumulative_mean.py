"""What a causal network may know of a whole clip: its past."""

from typing import Any

import keras

ops = keras.ops


@keras.saving.register_keras_serializable("video_models")
class CumulativeMean(keras.layers.Layer):
    """The cumulative mean over time of [B, t, C]."""

    def __init__(self, **kwargs: Any):
        """Sums in float32, whatever the policy: streams are long."""
        super().__init__(**{**kwargs, "dtype": "float32"})

    def call(
        self, inputs: Any, total: Any = None, frames: Any = None
    ) -> tuple[Any, Any]:
        """Averages a clip; or, with its states, the end of a stream.

        Args:
            inputs: [B, t, C].
            total: float32 [B, C], sum over past time steps.
            frames: int32 [B, 1], number of past time steps.

        Returns:
            float32 [B, t, C], and the new total.
        """
        sums = ops.cumsum(inputs, axis=1)
        counts = ops.arange(1, inputs.shape[1] + 1, dtype="float32")[:, None]
        if total is not None:
            sums = sums + total[:, None]
            counts = counts + ops.cast(frames, "float32")[:, None]
        return sums / counts, sums[:, -1]
