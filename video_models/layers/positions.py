"""Tells a network where in time a feature stands."""

from typing import Any

import keras
import numpy as np


def sinusoids(steps: int, features: int) -> np.ndarray:
    """float32 [steps, features], root mean square 1 at every step.

    Source: arXiv:1706.03762. Differs: sines fill the first half and cosines
    the second, and all are scaled by sqrt(2) to the size of layer-normalised
    features. Smaller positions are drowned: a prototype without this scale
    learnt the axis of a motion but never its direction.
    """
    half = (features + 1) // 2
    frequency = 10_000.0 ** (-np.arange(half) / half)
    angle = np.arange(steps)[:, None] * frequency
    both = np.concatenate([np.sin(angle), np.cos(angle)], axis=1)
    return np.float32(np.sqrt(2.0) * both[:, :features])


@keras.saving.register_keras_serializable("video_models")
class AddPositions(keras.layers.Layer):
    """Adds `sinusoids` to [B, t, C]; nothing in it is trained."""

    def call(self, inputs: Any) -> Any:
        """Same shape and dtype as `inputs`."""
        table = sinusoids(*inputs.shape[1:])
        return inputs + keras.ops.convert_to_tensor(table, inputs.dtype)
