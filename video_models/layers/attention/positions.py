"""Sinusoidal positions in time."""

from typing import Any

import keras
import numpy as np

ops = keras.ops


def sinusoids(steps: int, features: int) -> np.ndarray:
    """Sinusoids float32 [steps, features], with root mean square 1 per step.

    Source: arXiv:1706.03762. Differs: sines fill the first half and cosines
    the second, and all are scaled by sqrt(2) to the size of layer-normalised
    features. Smaller positions are too weak: a prototype without this scale
    learnt the axis of a motion but never its direction.
    """
    angle = np.arange(steps)[:, None] * _frequencies(features)
    both = np.concatenate([np.sin(angle), np.cos(angle)], axis=1)
    return np.float32(np.sqrt(2.0) * both[:, :features])


@keras.saving.register_keras_serializable("video_models")
class AddPositions(keras.layers.Layer):
    """Adds `sinusoids` to [B, t, ..., C]; not trained."""

    def call(self, inputs: Any, time_steps: Any = None) -> Any:
        """Adds positions.

        Args:
            inputs: [B, t, ..., C].
            time_steps: int32 [B, 1], number of past time steps, in a stream
                of [B, t, C].

        Returns:
            Same shape and dtype as `inputs`.
        """
        if time_steps is None:
            steps, *places, features = inputs.shape[1:]
            table = sinusoids(steps, features)
            table = table.reshape(steps, *(1 for _ in places), features)
            return inputs + ops.convert_to_tensor(table, inputs.dtype)
        _, steps, features = inputs.shape
        times = ops.cast(
            time_steps + np.arange(steps, dtype="int32"), "float32"
        )
        frequency = np.float32(_frequencies(features))
        angle = ops.expand_dims(times, -1) * frequency
        both = ops.concatenate([ops.sin(angle), ops.cos(angle)], axis=-1)
        return inputs + ops.cast(
            np.sqrt(2.0) * both[..., :features], inputs.dtype
        )


def _frequencies(features: int) -> np.ndarray:
    """Radians per step, float64 [features / 2], rounded up."""
    half = (features + 1) // 2
    return 10_000.0 ** (-np.arange(half) / half)
