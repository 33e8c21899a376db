"""Sinusoidal positions in time with a trained scale."""

from typing import Any

import keras

ops = keras.ops


@keras.saving.register_keras_serializable("video_models")
class ScaledPositions(keras.layers.Layer):
    """Adds sinusoids of the time step's number, times a trained `scale`.

    `scale` starts at 0. Source: arXiv:1706.03762, as in TensorFlow's Model
    Garden: sines of the even frequencies stand before cosines of the odd.
    """

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Creates the scale."""
        self.scale = self.add_weight(
            shape=(), initializer="zeros", name="scale"
        )

    def call(self, inputs: Any, frames: Any = None) -> Any:
        """Same shape and dtype as `inputs`.

        Args:
            inputs: [B, t, C].
            frames: int32 [B, 1], number of the first time step; None: 0.
        """
        _, time_steps, channels = inputs.shape
        numbers = ops.arange(time_steps, dtype="float32")[:, None]
        if frames is not None:
            numbers = numbers + ops.cast(frames, "float32")[:, None]
        pair = ops.arange(channels) // 2
        power = ops.cast(2 * pair, "float32") / channels
        angles = numbers / ops.power(10_000.0, power)
        table = [ops.sin(angles[..., 0::2]), ops.cos(angles[..., 1::2])]
        table = ops.concatenate(table, axis=-1)
        return inputs + ops.cast(table, inputs.dtype) * self.scale
